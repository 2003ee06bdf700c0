"""How well a name answers a query: the slips that lie between them, counted in several ways, and the best way taken."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from .distance import Pattern

# All costs are in slips of the typist.
_UNFINISHED: Final = 0.35  # the query ends before the name does
_UNFINISHED_LONG: Final = 0.45  # more, where much of the name is left
_LONG_REST: Final = 14
_IN_MIDDLE_OF_WORD: Final = 0.3
_OTHER_FIRST_LETTER: Final = 0.4
_WORDS: Final = 0.2  # words compared one by one, whatever their order
_OTHER_ORDER: Final = 0.3
_BY_SOUND: Final = 0.5
_SOUND_SLIP: Final = 1.1
_SOUND_LETTER: Final = 0.2
_LOST_LETTER: Final = 0.75  # a letter of a word that the name lacks
_SPACING: Final = 0.1
_MOST_WORDS: Final = 10  # in more, the letters in their order tell enough
_NOT_THE_WORD: Final = 99.0

_SOUNDS: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"\b(?:kn|gn|pn)", "n"), (r"\bwr", "r"), (r"\bps", "s"), (r"mb\b", "m"), (r"(?<=[^aeiouy ])e\b", ""),
        (r"ough", "o"), (r"igh", "y"), (r"ght", "t"), (r"ph", "f"), (r"wh", "w"), (r"dge", "j"), (r"x", "ks"),
        (r"tch|sch|sh|ch|[ts]i(?=o)", "x"), (r"ck|qu|q|c(?![eiy])", "k"), (r"[cz]", "s"), (r"th", "t"), (r" ", ""),
        (r"(?<=.)[aeiouy]+", "a"), (r"[iy]", "a"), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip


@lru_cache(maxsize=4096)
def sound(core: str) -> str:
    """A rough spelling by sound: one letter for all vowels, one for each group of consonants that sound alike."""
    for pattern, instead in _SOUNDS:
        core = pattern.sub(instead, core)
    return core


def _left_over(letters: int) -> float:
    """The cost of the letters of a name that the query says nothing of: not finished, or not worth typing."""
    return _UNFINISHED + _UNFINISHED_LONG * min(1.0, letters / _LONG_REST) if letters > 0 else 0.0


def _ends_word(core: str, end: int) -> bool:
    """Whether the first `end` letters of a name, spaces not counted, are whole words."""
    for word in core.split():
        end -= len(word)
        if end <= 0:
            return end == 0
    return True


class Judge:
    """Compares names with a query's."""

    def __init__(self, core: str) -> None:
        self.core: Final = core
        self._words = self.core.split()
        self._whole = Pattern(self.core.replace(" ", ""))
        self._patterns = [Pattern(word) for word in self._words]
        self._sound: Pattern | None = None
        self._known: list[dict[str, float]] = [{} for _ in self._words]

    @property
    def length(self) -> int:
        return self._whole.length

    def rough(self, cores: Sequence[str]) -> list[float]:
        """About the cost of each of `cores`, quickly: that of its nearest stretch and of what is left over."""
        compact = [core.replace(" ", "") for core in cores]
        length = self._whole.length
        costs = []
        for core, letters, distance in zip(cores, compact, self._whole.distances_within(compact), strict=True):
            slips: float = distance
            if slips > 1:
                words = core.split()
                lost = length - sum(len(word) for word in self._words if word in words)
                slips = min(slips, _WORDS + _LOST_LETTER * lost)
            costs.append(slips + _left_over(len(letters) - length))
        return costs

    def fine(self, core: str) -> float:
        """The least cost of `core` by any way of comparing."""
        if core == self.core:
            return 0.0
        cost = self._from_beginning(core)
        if (len(self._words) > 1 or " " in core) and len(self._words) <= _MOST_WORDS:
            cost = min(cost, self._by_words(core))
        if not core.isascii():
            cost = min(cost, self._within(core))
        return cost

    def _within(self, core: str) -> float:
        """The cost of the query as a stretch of a name, for scripts that do not part words."""
        compact = core.replace(" ", "")
        return _WORDS + self._whole.distances_within([compact])[0] + _left_over(len(compact) - self._whole.length)

    def _from_beginning(self, core: str) -> float:
        """The cost of `core` as a whole, or of its beginning, by letters and then by sound."""
        compact = core.replace(" ", "")
        distance, nearest, end = self._whole.distances(compact)
        cost = float(distance)
        if end < len(compact):
            within = 0.0 if _ends_word(core, end) else _IN_MIDDLE_OF_WORD
            cost = min(cost, nearest + _left_over(len(compact) - end) + within)
        if cost and compact[0] != self._whole.text[0]:
            cost += _OTHER_FIRST_LETTER
        if cost > 1:
            cost = min(cost, self._by_sound(core, distance))
        return cost + _SPACING

    def _by_sound(self, core: str, distance: int) -> float:
        if self._sound is None:
            self._sound = Pattern(sound(self.core))
        if not self._sound.length:
            return float(distance)
        return _BY_SOUND + _SOUND_SLIP * self._sound.distances(sound(core))[0] + _SOUND_LETTER * distance

    def _by_words(self, core: str) -> float:
        """The cost of finding each word of the query somewhere among the words of the name."""
        words = core.split()
        pairs = [one + other for one, other in pairwise(words)]
        free = [True] * len(words)
        cost, before, disorder = 0.0, -1, 0
        for number in range(len(self._words)):
            place, size, paid = self._nearest_word(number, words, pairs, free)
            cost += paid
            if place >= 0:
                disorder += place < before
                before = place
                free[place : place + size] = [False] * size
        rest = sum(len(word) for word, unmatched in zip(words, free, strict=True) if unmatched)
        if rest:
            cost += _left_over(rest)
        return cost + _WORDS + (_OTHER_ORDER if disorder else 0.0)

    def _nearest_word(
        self, number: int, words: Sequence[str], pairs: Sequence[str], free: Sequence[bool]
    ) -> tuple[int, int, float]:
        """Where in a name the query's word is best found: (place or -1, words there, cost)."""
        best, at, size = _LOST_LETTER * len(self._words[number]), -1, 0
        for place, word in enumerate(words):
            if free[place] and (cost := self._word_cost(number, word)) < best:
                best, at, size = cost, place, 1
        if best:
            for place, word in enumerate(pairs):
                if free[place] and free[place + 1] and (cost := self._word_cost(number, word) + _SPACING) < best:
                    best, at, size = cost, place, 2
        return at, size, best

    def _word_cost(self, number: int, word: str) -> float:
        known = self._known[number]
        cost = known.get(word)
        if cost is None:
            cost = known[word] = self._compared(number, word)
        return cost

    def _compared(self, number: int, word: str) -> float:
        """The cost of the query's word for `word`; the last word of a query may be the beginning of one."""
        own = self._words[number]
        if own == word:
            return 0.0
        last = number == len(self._words) - 1
        longer = len(word) - len(own)
        if longer < -2 or (longer > 2 and not last):
            return _NOT_THE_WORD
        distance, nearest, end = self._patterns[number].distances(word)
        cost = float(distance)
        if last and end < len(word):
            cost = min(cost, nearest + _IN_MIDDLE_OF_WORD + _UNFINISHED * min(1.0, (len(word) - end) / 8))
        if word[0] != own[0]:
            cost += _OTHER_FIRST_LETTER
        return cost
