"""One spelling for names and queries, and the other forms under which a name is looked for."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final
from zlib import crc32

from .distance import Pattern
from .scripts import in_latin

LONGEST_NAME: Final = 200
LONGEST_QUERY: Final = LONGEST_NAME

# How a form of a name stands to the document: as its main name, as another whole name, as a part of one.
MAIN, OTHER, PART = 0, 1, 2

_LETTERS: Final = str.maketrans(
    {
        "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "\u0131": "i", "ŋ": "n",
        "&": " and ", "+": " and ", **dict.fromkeys("*'`\u2018\u2019\u00b4\u02bb\u02bc\u2032", ""),
    }
)  # fmt: skip
_INITIALS: Final = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_NOT_ASCII_WORD: Final = re.compile(r"[^a-z0-9]+")
_PARENTHESES: Final = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_ALSO_KNOWN_AS: Final = re.compile(r"^\s*(?:a\.?k\.?a\.?|or|also known as)\s+", re.IGNORECASE)
_PART_ENDS: Final = re.compile(r"\s*[:;/|]\s+|\s+[-\u2013\u2014]+\s+|(?<=\w)[:]|\s/\s")
_TURNED: Final = re.compile(r"^(.+), (\w{1,3}'?)$")

ARTICLES: Final = frozenset(("the", "a", "an"))
_VOICED: Final = "\u3099\u309a"  # the marks that tell ga from ka; accents elsewhere are left out
_ARTICLE: Final = Pattern("the")
_FOREIGN_ARTICLES: Final = frozenset(
    (
        "le", "la", "les", "l", "un", "une", "des", "der", "die", "das", "ein", "eine", "el", "los", "las", "una",
        "il", "lo", "gli", "i", "de", "het", "een", "den", "det", "en", "ett", "o", "os", "as", "um", "uma",
    )
)  # fmt: skip
_NUMBERS: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_ROUND_NUMBERS: Final = {
    "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
    "hundred": "100", "thousand": "1000",
}  # fmt: skip
_COUNTERPARTS: Final = (
    _ROUND_NUMBERS
    | {number: word for word, number in _ROUND_NUMBERS.items()}
    | {word: str(number) for number, word in enumerate(_NUMBERS)}
    | {str(number): word for number, word in enumerate(_NUMBERS)}
    | {"doctor": "dr", "mister": "mr", "versus": "vs", "saint": "st", "1st": "first", "2nd": "second", "3rd": "third"}
    | {"dr": "doctor", "mr": "mister", "vs": "versus", "st": "saint", "first": "1st", "second": "2nd", "third": "3rd"}
)
_ROMAN_FROM_TWO: Final = (
    "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi",
)  # fmt: skip
_ROMAN: Final = {numeral: str(number) for number, numeral in enumerate(_ROMAN_FROM_TWO, start=2)}
_ROMAN_ENDING: Final = re.compile(r"^(.*\w\w[^\Wivx])(i{2,3}|i?v|vi{1,3})$")
_DIGIT_IN_WORD: Final = re.compile(r"[a-z]\d[a-z]")
_LETTER_LIKE: Final = str.maketrans("013457", "oieasv")
_NUMBERED: Final = frozenset(("vol", "part", "chapter", "episode"))
_SHORT: Final = {"volume": "vol", "pt": "part"}
_LEAST_SWAPPED: Final = 4
_KIND_AT_END: Final = re.compile(r"^(.+) (?:movie|film|series)$")
_LONGEST_NUMBER_FIRST: Final = "|".join(sorted(_NUMBERS[1:], key=len, reverse=True))
_HUNDREDS: Final = re.compile(rf"\b({'|'.join(_NUMBERS[1:10])}) hundred\b(?: (?:and )?({_LONGEST_NUMBER_FIRST})\b)?")
_YEAR: Final = re.compile(r"^(?:18[89]\d|19\d\d|20[0-4]\d)$")


@dataclass(frozen=True, slots=True)
class Spelling:
    """A normalised text without its articles, which are kept as a number of six bits.

    Two of them say with which article the text begins, the others differ, as a rule, where the other articles do.
    """

    core: str
    articles: int

    @property
    def first_article(self) -> int:
        """0 where the text begins with no article."""
        return self.articles & 3


@dataclass(frozen=True, slots=True)
class Asked:
    """One way to read a query: a name, and perhaps the year of the title or a number that the name must have."""

    spelling: Spelling
    year: int | None = None
    number: str = ""


def plain(text: str) -> str:
    """`text` in small letters without accents and punctuation, single spaces; roman numerals are digits."""
    folded = _INITIALS.sub(lambda found: found.group().replace(".", ""), text.casefold()).translate(_LETTERS)
    if not folded.isascii():
        folded = "".join(_kept(character) for character in unicodedata.normalize("NFKD", folded)).translate(_LETTERS)
        return _with_digits(folded.casefold().split())
    return _with_digits(_NOT_ASCII_WORD.sub(" ", folded).split())


@lru_cache(maxsize=4096)
def _kept(character: str) -> str:
    if character.isalnum() or character in _VOICED:
        return character
    category = unicodedata.category(character)
    return character if category == "Mc" else "" if category in ("Mn", "Cf") else " "


def _with_digits(words: list[str]) -> str:
    """Roman numerals as digits; V and X only as the last word, for they are letters elsewhere, and I never."""
    words = [_SHORT.get(word, word) for word in words]
    if len(words) < 2:
        return " ".join(words)
    last = len(words) - 1
    numbers = (
        _ROMAN[word] if place and word in _ROMAN and (len(word) > 1 or place == last) else word
        for place, word in enumerate(words)
    )
    return " ".join(numbers)


def spelling(plain_text: str) -> Spelling:
    """A normalised text, told apart into what is compared and its articles."""
    words = plain_text.split()
    core = " ".join(word for word in words if word not in ARTICLES) or plain_text
    if core == plain_text:
        return Spelling(core, 0)
    others = crc32(plain_text.encode("utf-8", "replace")) & 0x0F
    return Spelling(core, others << 2 | (1 if words[0] == "the" else 2 if words[0] in ARTICLES else 0))


def forms(name: str, standing: int) -> Iterator[tuple[Spelling, int]]:
    """Every form under which a name is looked for, with how it stands to the document; some may repeat."""
    name = name[:LONGEST_NAME]
    outside, inside = _PARENTHESES.sub(" ", name), _PARENTHESES.findall(name)
    whole = plain(_unturned(outside)) or plain(name)
    if not whole:
        return
    yield spelling(whole), standing
    for other in _variants(whole):
        yield spelling(other), OTHER
    for note in inside:
        if known_as := plain(_unturned(_ALSO_KNOWN_AS.sub("", note))):
            yield spelling(known_as), OTHER
    if inside:
        yield spelling(plain(name)), standing
    pieces = [piece for piece in map(plain, _PART_ENDS.split(outside)) if len(piece) > 2]
    if len(pieces) > 1:
        for piece in pieces:
            yield spelling(piece), PART


def _unturned(name: str) -> str:
    """`Matrix, The` as The Matrix."""
    turned = _TURNED.match(name.strip())
    if not turned or turned[2].casefold().rstrip("'") not in ARTICLES | _FOREIGN_ARTICLES:
        return name
    return f"{turned[2]}{'' if turned[2].endswith(chr(39)) else ' '}{turned[1]}"


def _variants(whole: str) -> Iterator[str]:
    """The same name with numbers as words and words as numbers, without `part`, in Latin letters."""
    words = whole.split()
    bare = [
        word
        for word, following in zip(words, [*words[1:], ""], strict=True)
        if word not in _NUMBERED or not (following.isdecimal() or following in _NUMBERS)
    ]
    for some in (words, bare) if len(bare) < len(words) else (words,):
        swapped = [_COUNTERPARTS.get(word, word) for word in some]
        if swapped != some:
            yield " ".join(swapped)
    if len(bare) < len(words):
        yield " ".join(bare)
    if len(words) > 1 and words[0] in _FOREIGN_ARTICLES:
        yield " ".join(words[1:])
    if _DIGIT_IN_WORD.search(whole):
        yield whole.translate(_LETTER_LIKE)
    if latin := in_latin(whole):
        yield latin


def readings(query: str) -> list[Asked]:
    """The ways to read a query, the plainest first; none where it has neither letters nor digits."""
    whole = plain(_unturned(query[:LONGEST_QUERY]))
    if not whole:
        return []
    words = whole.split()
    years = [place for place, word in enumerate(words) if _YEAR.match(word)]
    if not years or len(words) == 1:
        return [Asked(spelling(whole))]
    last = years[-1]
    rest = plain(" ".join(words[:last] + words[last + 1 :]))
    return [Asked(spelling(whole), number=words[last]), Asked(spelling(rest), year=int(words[last]))]


def swapped(core: str) -> Iterator[str]:
    """A text of four letters or more with each two neighbours swapped that are not alike."""
    if len(core) < _LEAST_SWAPPED:
        return
    for at, (one, other) in enumerate(pairwise(core)):
        if one != other and (at or other != " "):
            yield f"{core[:at]}{other}{one}{core[at + 2 :]}"


def _with_hundreds(plain_text: str) -> str:
    """The text with hundreds that are written in words in digits: one hundred and one as 101."""

    def digits(found: re.Match[str]) -> str:
        return str(100 * _NUMBERS.index(found[1]) + (_NUMBERS.index(found[2]) if found[2] else 0))

    return _HUNDREDS.sub(digits, plain_text)


def second_thoughts(query: str) -> list[Asked]:
    """Other ways to read a query for which nothing good was found.

    A mistyped article in front or one without its space ("fhe mask", "themask"), a number without one ("rockyii"),
    what kind of title it is ("alien movie"), a number in many words, and a text in another script read aloud.
    """
    whole = plain(query[:LONGEST_QUERY])
    read = []
    first, _, rest = whole.partition(" ")
    if rest and 1 < len(first) < 5 and _ARTICLE.distances(first)[0] == 1:
        read.append(f"the {rest}")
    elif len(first) > 5 and first.startswith("the"):
        read.append(f"the {whole[3:]}")
    if numbered := _ROMAN_ENDING.match(whole):
        read.append(f"{numbered[1]} {_ROMAN[numbered[2]]}")
    if told := _KIND_AT_END.match(whole):
        read.append(told[1])
    if (counted := _with_hundreds(whole)) != whole:
        read.append(counted)
    if latin := in_latin(whole):
        read.append(latin)
    return [Asked(spelling(text)) for text in read]
