"""Settings of the method, chosen on people set aside: one setting after the other, the others held.

Every alternative is trained on the training part of strong generalisation, and its engine is asked for the validation
people, whom no test figure of that split is about. It is taken when people gain by it, over the settings so far, more
than one standard error of the mean; the next one is then tried beside it. People of all seeds count together.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from apps.recommendations.engine.artifact import Model
from apps.recommendations.engine.titles import Title

from .building import build, likes_of
from .checkpoints import Forgetful, Part
from .checkpoints import digest_of as digest_of_pieces
from .evaluation import served
from .evaluation_runs import NobodyToAsk, digest_of, read_kept, write_whole
from .interactions import Interactions
from .metrics import Sums, ndcg
from .protocols import ALL, SHORT_HISTORIES, HeldOut, Split, like_matrix, validation_split
from .settings import DEFAULTS, Mixture, Settings
from .values import LIKED_FROM

# Tried in this order for full histories.
LONG_HISTORIES: Final[tuple[Mapping[str, float], ...]] = (
    {"watched": 0.0, "disliked": 0.0},
    {"watched": 0.7, "disliked": 0.4},
    {"dropout": 0.33},
    {"dropout": 0.5},
    {"dropout": 0.67},
    {"ridge": 6.0},
    {"ridge": 12.0},
    {"ridge": 24.0},
    {"rank": 64},
    {"rank": 128},
    {"popularity_exponent": 0.0},
    {"popularity_exponent": 0.3},
    {"popularity_exponent": 0.5},
    {"factors_share": 0.0},
    {"factors_share": 0.5},
    {"factors_share": 1.0},
    {"factors_share": 1.5},
    {"session_share": 0.0},
    {"session_share": 0.5},
    {"session_share": 1.0},
    {"session_length": 30},
    {"session_length": 60},
    {"session_length": 120},
)
# What a mixture must beat: EDLAE alone, its dropout as suits short histories.
PLAIN: Final = (0.9, 7.5)

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Measure:
    """NDCG of the first `places`, of each person the mean over the numbers of likes `shown` (None: all).

    For short histories `mixture` is the place in the settings of the one that serves them.
    """

    places: int
    shown: tuple[int | None, ...]
    mixture: int | None = None

    @property
    def likes(self) -> str:
        """The numbers of likes shown, in words."""
        return ", ".join(ALL if one is None else str(one) for one in self.shown)

    def asked(self, settings: Settings) -> Settings:
        """As much of `settings` as these histories are served by."""
        return settings if self.mixture is None else replace(settings, mixtures=(settings.mixtures[self.mixture],))


@dataclass(frozen=True)
class Alternative:
    """One thing to try: the name and value to show, how it is judged, and the settings changed by it."""

    setting: str
    value: Any
    measure: Measure
    change: Callable[[Settings], Settings]


@dataclass(frozen=True)
class Search:
    """What is tuned on, and the file for the settings. `fresh` forgets the alternatives that were finished before."""

    interactions: Interactions
    titles: Sequence[Title]
    seeds: int
    output: Path
    fresh: bool = False


def alternatives(settings: Settings) -> list[Alternative]:
    """All that is tried from `settings` on: those for full histories, then each mixture against less of itself."""
    found = [_one_of(change) for change in LONG_HISTORIES]
    shortest = 0
    for place, mixture in enumerate(settings.mixtures):
        shown = tuple(likes for likes in SHORT_HISTORIES if shortest < likes <= mixture.history)
        if shown:
            measure = Measure(20, shown, place)
            name = f"mixture to {mixture.history}"
            found += [Alternative(name, text, measure, change) for text, change in _less_of(place, mixture)]
        shortest = mixture.history
    return found


def tune(asked: Search, progress: Progress) -> dict[str, Any]:
    """Searches from the default settings on, and writes what it found to the file: the settings and every alternative.

    The figures of each settings and seed are kept beside the file, in a folder named by a digest of data and code, and
    not computed again. Raises NobodyToAsk.
    """
    started = time.monotonic()
    liked = np.flatnonzero(like_matrix(asked.interactions, asked.titles).getnnz(axis=0))
    titles = [asked.titles[place] for place in liked.tolist()]
    figures = _Figures(asked, titles)
    chosen, seen, found = DEFAULTS, [DEFAULTS], []
    tried = alternatives(chosen)
    for number, one in enumerate(tried):
        other = one.change(chosen)
        if other in seen:
            continue
        seen.append(other)
        step = _scaled(progress, number / len(tried), (number + 1) / len(tried))
        trial = _trial(figures, one, chosen, other, step)
        found.append(trial)
        step(_in_short(trial), 1.0)
        if trial["taken"]:
            chosen = other
        figures.keep_parts_of(chosen)
    written = {
        "settings": chosen.to_json(),
        "found": found,
        "data": {
            "digest": _digest(asked.interactions, titles),
            "users": len(asked.interactions.users),
            "titles": len(titles),
            "likes": int((asked.interactions.weights >= LIKED_FROM).sum()),
            "seeds": asked.seeds,
            "people": figures.people,
        },
        "seconds": round(time.monotonic() - started, 1),
    }
    write_whole(asked.output, json.dumps(written, indent=1) + "\n")
    return written


def _trial(
    figures: "_Figures", one: Alternative, chosen: Settings, other: Settings, progress: Progress
) -> dict[str, Any]:
    """How `other` does beside `chosen`, as it is written."""
    sentence = f"Trying {one.setting} {one.value}"
    before = figures.of(chosen, one.measure, _under(sentence, _scaled(progress, 0.0, 0.5)))
    after = figures.of(other, one.measure, _under(sentence, _scaled(progress, 0.5, 1.0)))
    gain = Sums.of(new - old for new, old in zip(after, before, strict=True))
    return {
        "setting": one.setting,
        "value": one.value,
        "likes": one.measure.likes,
        f"ndcg_at_{one.measure.places}": round(Sums.of(after).mean, 5),
        "difference": round(gain.mean, 5),
        "standard_error": round(gain.standard_error, 5),
        "taken": gain.mean > gain.standard_error,
    }


class _Figures:
    """What each validation person of all seeds got of some settings, kept from one run to the next."""

    def __init__(self, asked: Search, titles: Sequence[Title]) -> None:
        beside = asked.output.with_name(f".{asked.output.name}.found")
        if asked.fresh:
            shutil.rmtree(beside, ignore_errors=True)
        self._folder = beside / digest_of(asked.interactions, titles, "strong")[:16]
        self._folder.mkdir(parents=True, exist_ok=True)
        self._seeds = [_Seed(asked.interactions, titles, seed) for seed in range(asked.seeds)]
        self.people = 0

    def of(self, settings: Settings, measure: Measure, progress: Progress) -> list[float]:
        """For each person the NDCG of `measure`; in the same order for all settings. Raises NobodyToAsk."""
        served_by = measure.asked(settings)
        described = json.dumps([served_by.to_json(), measure.places, measure.shown])
        name = hashlib.sha256(described.encode()).hexdigest()[:16]
        values: list[float] = []
        for number, seed in enumerate(self._seeds):
            progress(f"seed {number}", number / len(self._seeds))
            path = self._folder / f"{name}-{number}.json"
            found = read_kept(path)
            if found is None:
                found = seed.figures(served_by, measure)
                write_whole(path, json.dumps(found))
            values += found
        if not values:
            raise NobodyToAsk("The split leaves nobody to ask; give it more people with 5 likes or more.")
        self.people = max(self.people, len(values))
        return values

    def keep_parts_of(self, settings: Settings) -> None:
        """Lets go of all parts of models that `settings` do not lead to."""
        for seed in self._seeds:
            seed.parts.keep(settings)


class _Seed:
    """The people of one split, and the models that were trained for them."""

    def __init__(self, interactions: Interactions, titles: Sequence[Title], seed: int) -> None:
        self._interactions, self._titles, self._seed = interactions, titles, seed
        self.parts = Shared()

    @cached_property
    def _split(self) -> Split:
        return validation_split(self._interactions, self._titles, self._seed)

    def figures(self, settings: Settings, measure: Measure) -> list[float]:
        ranker = served(self.model(settings))
        found = []
        for person in self._split.cases[ALL]:
            values = [
                ndcg(ranker(history), person.targets, measure.places) for history in _histories(person, measure.shown)
            ]
            if values:
                found.append(sum(values) / len(values))
        return found

    def model(self, settings: Settings) -> Model:
        likes = likes_of(self._split.training, self._titles, settings)
        parts = build(likes, self._titles, _silent, kept=self.parts.under(settings), settings=settings)
        return parts.to_model("tuning")


class Shared:
    """Parts of models for one training set, each kept under all the settings it follows from."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def under(self, settings: Settings) -> Forgetful:
        """The parts for a building with `settings`."""
        return _Under(self._kept, settings)

    def keep(self, settings: Settings) -> None:
        """Lets go of all parts but those for `settings`."""
        names = [name.partition(" ")[0] for name in self._kept]
        wanted = {_full_name(name, settings) for name in names}
        for full_name in self._kept.keys() - wanted:
            del self._kept[full_name]


class _Under(Forgetful):
    def __init__(self, kept: dict[str, Any], settings: Settings) -> None:
        self._kept, self._settings = kept, settings

    def part(self, name: str, kind: type[Part], make: Callable[[], Part]) -> Part:
        full_name = _full_name(name, self._settings)
        if full_name not in self._kept:
            self._kept[full_name] = make()
        part: Part = self._kept[full_name]
        return part


def _full_name(name: str, settings: Settings) -> str:
    """The name of a part of `building.build` with the values of all settings that it follows from."""
    worth = (settings.wanted, settings.watched, settings.turned_down, settings.disliked)
    told = (worth, settings.session_share, settings.session_length)
    if name == "content":
        grounds: Any = ()
    elif name == "factors":
        grounds = (told, settings.rank, settings.popularity_exponent)
    elif name == "operator-any":
        grounds = (told, settings.dropout, settings.ridge, settings.kept_per_row)
    else:
        mixtures = [one.to_json() for one in settings.mixtures if name == f"operator-{one.history}"]
        grounds = (mixtures, settings.kept_per_row)
    return f"{name} {json.dumps(grounds)}"


def _one_of(change: Mapping[str, float]) -> Alternative:
    values = list(change.values())
    shown = values if len(values) > 1 else values[0]
    return Alternative(", ".join(change), shown, Measure(100, (None,)), partial(_changed, change))


def _changed(change: Mapping[str, Any], settings: Settings) -> Settings:
    return replace(settings, **change)


def _less_of(place: int, mixture: Mixture) -> Iterator[tuple[str, Callable[[Settings], Settings]]]:
    """Changes of the mixture at `place`: plain EDLAE in its stead, and each of its members left out."""
    plain = Mixture(mixture.history, edlae={PLAIN: 1.0})
    yield f"plain EDLAE, dropout {PLAIN[0]:g}", partial(_with_mixture, place, lambda _: plain)
    for part, words in (("kernels", "kernel"), ("edlae", "EDLAE"), ("low_rank", "rank")):
        for key in getattr(mixture, part):
            shown = ", ".join(f"{one:g}" for one in (key if isinstance(key, tuple) else (key,)))
            yield f"without {words} {shown}", partial(_with_mixture, place, partial(_without, part, key))


def _with_mixture(place: int, change: Callable[[Mixture], Mixture], settings: Settings) -> Settings:
    mixtures = list(settings.mixtures)
    mixtures[place] = change(mixtures[place])
    return replace(settings, mixtures=tuple(mixtures))


def _without(part: str, key: Any, mixture: Mixture) -> Mixture:
    """The mixture without a member, if it has it beside others."""
    left: dict[str, Any] = {part: {one: share for one, share in getattr(mixture, part).items() if one != key}}
    less = replace(mixture, **left)
    return less if less.kernels or less.edlae or less.low_rank else mixture


def _histories(person: HeldOut, shown: Sequence[int | None]) -> list[list[int]]:
    """What is shown of a person who has enough, for each number of likes."""
    return [person.history[:likes] for likes in shown if len(person.history) >= (likes or 1)]


def _digest(interactions: Interactions, titles: Sequence[Title]) -> str:
    """A name for the data alone, the same whatever the code."""
    names = json.dumps([interactions.users, interactions.items, [title.to_json() for title in titles]], sort_keys=True)
    arrays = (
        interactions.user_indices,
        interactions.item_indices,
        interactions.weights,
        interactions.timestamps,
    )
    return digest_of_pieces([names.encode(), *arrays])


def _in_short(trial: Mapping[str, Any]) -> str:
    taken = ", taken" if trial["taken"] else ""
    return f"{trial['setting']} {trial['value']}: {trial['difference']:+.4f} ± {trial['standard_error']:.4f}{taken}"


def _silent(sentence: str, fraction: float) -> None:
    pass


def _under(sentence: str, progress: Progress) -> Progress:
    return lambda step, fraction: progress(f"{sentence} ({step})", fraction)


def _scaled(progress: Progress, start: float, end: float) -> Progress:
    return lambda sentence, fraction: progress(sentence, start + (end - start) * fraction)
