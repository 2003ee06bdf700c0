"""Everything about the titles of a model that can be worked out beforehand, as flat tables by name.

Trained and untrained models are read from the same tables: training writes them to a folder, an untrained model makes
them in memory. n is the number of titles; a title's place is its number in the order of its key (films before
series, then by number). An index has two bytes where what it points at counts at most 65,536, else four.

    titles.jsonl      a title a line, as JSON; a file of its own
    titles.starts     where each line begins and the last ends: u32, n + 1
    titles.keys       u64, rising: the title's number, plus 2^63 for a series
    titles.likes      f32: how many people like it
    titles.recent     f32: the same, each like fading with its age
    titles.fame       f32: z-score of how well known it is
    titles.quality    f32: z-score of how well it is rated
    titles.by_fame    index: the places of the titles, best known first
    titles.facts      lists: the facts of each title by their numbers, rising
    titles.norms      f32: the norm of the title's content facts
    facts             texts: every fact `kind:value`; a fact's number is its place among them
    facts.titles      lists: the titles that have each fact, best known first
    facts.squares     f32: the squared weight of a content fact by its kind and rarity, else 0
    names             texts: every name, normalised, that a title goes by
    names.titles      lists: the titles called so, best known first
    years, runtimes, ratings   columns: u16, u16 (minutes), f32 (0 to 10)

Texts are two tables: `.text`, all in UTF-8 in the order of their bytes, and `.starts`, u32, one more than texts.
Lists are two: `.items`, indexes, and `.starts`, u32, one more than lists. Columns are two: `.steps`, the distinct
known values, rising, and `.bits`, bitmaps of (n + 7) // 8 bytes in which title i is bit i % 8 of byte i // 8: first
of the titles whose value is known, then one for each binary digit of a title's place among the steps, lowest first,
as many as the number of steps has.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Final

from movierec.tables import Bytes, as_bytes, encoded, lists_in_parts, texts_in_parts

from .facts import parts_of_facts
from .standing import ranks
from .titles import MediaType, Title, TitleKey, normalise

TITLES: Final = "titles.jsonl"
_SERIES: Final = 1 << 63


def build_sections(titles: Sequence[Title], likes: Sequence[float], recent: Sequence[float]) -> dict[str, bytes]:
    """The tables of `titles`, given counts of likes and of recent likes (all 0 where nothing is known).

    Raises ValueError when the titles are not in the order of their keys, or a number is not one.
    """
    codes = [code_of(title.key) for title in titles]
    if any(one >= other for one, other in pairwise(codes)):
        raise ValueError("the titles of a model must be distinct and in the order of their keys")
    standing = ranks(titles, likes, recent)
    lines = [encoded(f"{json.dumps(title.to_json(), ensure_ascii=False)}\n") for title in titles]
    facts = parts_of_facts(titles, standing)
    return {
        TITLES: b"".join(lines),
        "titles.starts": as_bytes("I", accumulate(map(len, lines), initial=0)),
        "titles.keys": as_bytes("Q", codes),
        "titles.likes": as_bytes("f", likes),
        "titles.recent": as_bytes("f", recent),
        "titles.fame": as_bytes("f", standing.fame),
        "titles.quality": as_bytes("f", standing.quality),
        **facts,
        **_names(titles, standing.fame),
    }


def _names(titles: Sequence[Title], fame: Sequence[float]) -> dict[str, bytes]:
    called: dict[str, list[int]] = {}
    for i in sorted(range(len(titles)), key=fame.__getitem__, reverse=True):
        for name in {match_name(titles[i].title), match_name(titles[i].original_title or "")} - {""}:
            called.setdefault(name, []).append(i)
    names = sorted(called, key=encoded)
    lists = [called[name] for name in names]
    return {**texts_in_parts("names", names), **lists_in_parts("names.titles", lists, things=len(titles))}


def match_name(name: str) -> str:
    """`name` as titles are compared by: normalised, without a leading or trailing article."""
    words = normalise(name).split()
    if len(words) > 1 and words[0] in ("the", "a", "an"):
        words = words[1:]
    elif len(words) > 1 and words[-1] in ("the", "a", "an"):
        words = words[:-1]
    return " ".join(words)


def code_of(key: TitleKey) -> int:
    """The key as one number; the order of the numbers is the order of the keys.

    Raises ValueError when the title's number is not 0 to 2^63 - 1.
    """
    media_type, number = key
    if not 0 <= number < _SERIES:
        raise ValueError(f"the number of a title must be 0 to 2^63 - 1, not {number}")
    return number + _SERIES if media_type == "tv" else number


def key_of(code: int) -> TitleKey:
    """The key that `code_of` made a number of."""
    media_type: MediaType = "tv" if code >= _SERIES else "movie"
    return media_type, code % _SERIES


def joined(sections: Mapping[str, Bytes]) -> tuple[bytes, dict[str, list[int]]]:
    """The tables one after the other, and where each lies: name -> [offset, bytes]."""
    sizes = accumulate(map(len, sections.values()), initial=0)
    places = {name: [offset, len(content)] for (name, content), offset in zip(sections.items(), sizes, strict=False)}
    return b"".join(sections.values()), places


def parted(content: Bytes, places: Mapping[str, Sequence[int]]) -> Iterator[tuple[str, memoryview]]:
    """Each table by name from what `joined` made. Raises ValueError when one lies outside `content`."""
    view = memoryview(content)
    for name, (offset, size) in places.items():
        if offset < 0 or size < 0 or offset + size > len(content):
            raise ValueError(f"the section {name} lies outside the file")
        yield name, view[offset : offset + size]
