"""The pieces of the search against plain ways of doing the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.media.index.search.distance import Pattern
from apps.media.index.search.grams import Grams, grams_in_parts, letters_of, pairs_of
from apps.media.index.search.names import Names, names_in_parts
from apps.media.index.search.ranking import sound
from apps.media.index.search.scripts import in_latin
from apps.media.index.search.text import MAIN, OTHER, PART, forms, plain, readings, second_thoughts, swapped

SHORT = st.text("abc", min_size=1, max_size=9)
CORES = st.lists(st.text("ab é", max_size=9).map(plain).filter(bool), min_size=1, max_size=30, unique=True)


def table(one: str, other: str, *, free: bool) -> list[list[int]]:
    """Distances of the beginnings of `one` and `other`, by the textbook; a free start costs nothing in `other`."""
    rows = [[0 if free and not i else i + j for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (one[i - 1] != other[j - 1]))
            if i > 1 and j > 1 and one[i - 2 : i] == other[j - 2 : j][::-1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows


@given(SHORT, st.text("abc", max_size=9))
def test_distances_are_those_of_the_textbook(one: str, other: str) -> None:
    last = table(one, other, free=False)[-1]
    nearest = min(last)
    longest = max(place for place, distance in enumerate(last) if distance == nearest)
    assert Pattern(one).distances(other) == (last[-1], nearest, longest)


@given(SHORT | st.text("abé기", max_size=20), st.lists(st.text("abcé기", max_size=40), max_size=9))
def test_distances_to_stretches_of_many_texts_at_once_are_those_of_the_textbook(one: str, others: list[str]) -> None:
    assert Pattern(one).distances_within(others) == [min(table(one, other, free=True)[-1]) for other in others]


@pytest.mark.parametrize("length", [1, 7, 8, 15, 16, 200])
def test_a_text_of_any_length_has_a_lane(length: int) -> None:
    one = "ab" * (length // 2) + "a" * (length % 2)
    assert Pattern(one).distances_within([one, one[1:], f"x{one}x", "", "c" * 200]) == [0, 1, 0, length, length]


@pytest.mark.parametrize(("one", "other", "slips"), [("jwas", "jaws", 1), ("ca", "abc", 3), ("a" * 200, "a" * 199, 1)])
def test_a_swap_is_one_slip_and_letters_swapped_are_not_edited_again(one: str, other: str, slips: int) -> None:
    assert Pattern(one).distances(other)[0] == slips


@given(CORES, st.text("ab é", min_size=1, max_size=6).map(plain).filter(bool), st.integers(1, 6))
def test_the_nearest_names_share_most_pairs(cores: list[str], core: str, most: int) -> None:
    grams = Grams.read(grams_in_parts("g", cores), "g", names=len(cores))
    grams.check(len(cores))
    wanted = pairs_of(core) | letters_of(core)
    shared = [len(wanted & (pairs_of(own) | letters_of(own))) for own in cores]
    best = sorted((place for place in range(len(cores)) if shared[place]), key=lambda place: -shared[place])
    found = grams.nearest(core, low=2, high=3, most=most)
    assert set(found) >= set(best[:most])
    alike = [place for place in best if 2 <= len(cores[place].replace(" ", "")) <= 3]
    assert set(found) == {*best[:most], *alike[:most]}


@given(CORES, st.text("ab é", min_size=1, max_size=4).map(plain).filter(bool))
def test_names_are_found_by_the_beginning_of_any_word(cores: list[str], core: str) -> None:
    names = Names.read(names_in_parts("n", cores, [[(0, 3)]] * len(cores), documents=1), "n", documents=1)
    names.check(1)
    assert [names[place] for place in range(len(names))] == cores
    assert list(names.holders(0)) == [(0, 3)]
    assert names.called(core) == [place for place, own in enumerate(cores) if own == core]
    expected = [place for place, own in enumerate(cores) if f" {core}" in f" {own}"]
    assert names.starting_with(core, most=3) == expected[:3]


def test_a_look_for_a_few_does_not_shorten_the_next_one() -> None:
    # So many begin alike that what was found is kept.
    cores = [f"star {number}" for number in range(2_100)]
    names = Names.read(names_in_parts("n", cores, [[(0, 3)]] * len(cores), documents=1), "n", documents=1)
    assert names.starting_with("star", most=8) == list(range(8))
    assert names.starting_with("star", most=40) == list(range(40))


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("  The MATRIX!", "the matrix"),
        ("Amélie", "amelie"),
        ("Æon Flux — Straße", "aeon flux strasse"),
        ("Schindler\u2019s List", "schindlers list"),
        ("E.T. the Extra-Terrestrial", "et the extra terrestrial"),
        ("M*A*S*H", "mash"),
        ("Thelma & Louise", "thelma and louise"),
        ("Rocky IV", "rocky 4"),
        ("V for Vendetta", "v for vendetta"),
        ("Henry V", "henry 5"),
        ("I, Robot", "i robot"),
        ("Alien³", "alien3"),
        ("Kill Bill: Volume 2", "kill bill vol 2"),
        ("기생충", "\u1100\u1175\u1109\u1162\u11bc\u110e\u116e\u11bc"),
        ("ゴジラ", "コ\u3099シ\u3099ラ"),
        ("\ud800 \x00", ""),
    ],
)
def test_one_spelling(text: str, spelt: str) -> None:
    assert plain(text) == spelt


@given(st.text())
def test_a_spelling_has_words_parted_by_single_spaces(text: str) -> None:
    assert plain(text) == " ".join(plain(text).split())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Alien", {("alien", MAIN)}),
        ("The The", {("the the", MAIN)}),
        ("Matrix, The", {("matrix", MAIN)}),
        ("Das Boot", {("das boot", MAIN), ("boot", OTHER)}),
        ("12 Angry Men", {("12 angry men", MAIN), ("twelve angry men", OTHER)}),
        ("Jaws: Part 2", {("jaws part 2", MAIN), ("jaws part two", OTHER), ("jaws two", OTHER), ("jaws 2", OTHER)}
         | {("jaws", PART), ("part 2", PART)}),
        ("Se7en", {("se7en", MAIN), ("seven", OTHER)}),
        ("Seven (a.k.a. Se7en)", {("seven", MAIN), ("7", OTHER), ("se7en", OTHER), ("seven aka se7en", MAIN)}),
        ("Сталкер", {("сталкер", MAIN), ("stalker", OTHER)}),
        ("…", set()),
    ],
)  # fmt: skip
def test_the_forms_of_a_name(name: str, expected: set[tuple[str, int]]) -> None:
    assert {(spelling.core, standing) for spelling, standing in forms(name, MAIN)} == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Alien (1979)", [("alien 1979", None, "1979"), ("alien", 1979, "")]),
        ("2001 a space odyssey 1968", [("2001 space odyssey 1968", None, "1968"), ("2001 space odyssey", 1968, "")]),
        ("1917", [("1917", None, "")]),
        ("?", []),
    ],
)
def test_the_readings_of_a_query(query: str, expected: list[tuple[str, int | None, str]]) -> None:
    assert [(asked.spelling.core, asked.year, asked.number) for asked in readings(query)] == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("fhe mask", ["mask"]),
        ("themask", ["mask"]),
        ("rambo iii", []),
        ("ramboiii", ["rambo 3"]),
        ("кино", ["kino"]),
        ("alien movie", ["alien"]),
        ("fargo series", ["fargo"]),
        ("movie", []),
        ("four hundred blows", ["400 blows"]),
        ("one hundred and one dalmatians", ["101 dalmatians"]),
        ("two hundred seventeen", ["217"]),
        ("three hundred and", ["300 and"]),
        ("a hundred", []),
    ],
)
def test_second_thoughts_about_a_query(query: str, expected: list[str]) -> None:
    assert [asked.spelling.core for asked in second_thoughts(query)] == expected


@pytest.mark.parametrize(
    ("core", "expected"),
    [
        ("jwas", ["wjas", "jaws", "jwsa"]),
        ("aab b", ["aba b", "aa bb", "aabb "]),
        ("abc", []),
    ],
)
def test_neighbours_swapped(core: str, expected: list[str]) -> None:
    assert list(swapped(core)) == expected


@pytest.mark.parametrize(
    ("text", "latin"),
    [("ゴジラ", "gojira"), ("Ψυχώ", "psycho"), ("Щука", "shchuka"), ("alien", None), ("東京", None)],
)
def test_other_scripts_in_latin_letters(text: str, latin: str | None) -> None:
    assert in_latin(plain(text)) == latin


@pytest.mark.parametrize(
    ("one", "other"), [("dark nite", "dark knight"), ("fone", "phone"), ("insepshun", "inception"), ("kat", "cat")]
)
def test_what_sounds_alike_is_spelt_alike_by_sound(one: str, other: str) -> None:
    assert sound(one) == sound(other)
