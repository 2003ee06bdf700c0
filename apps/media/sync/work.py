"""The work of a run: its lists, the details of their titles, and the catalogue made of both; saved after every unit.

Before each unit of work the budget is looked at; after each the saved point and the run's record say that it is done.
So a process that is killed loses one unit at most, and the next one does that unit again to the same effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from math import ceil
from typing import Final

from apps.media.errors import NotAtSource, SourceUnavailable
from apps.media.providers.interface import TitleSource
from apps.media.providers.tmdb.clock import Deadline
from apps.media.services import rebuild_catalogue, store_order
from apps.media.sync.collecting import most_popular, pages_of
from apps.media.sync.fetching import Settled, fetching
from apps.media.sync.plan import SourceList, lists_of
from apps.media.sync.points import SavedPoint
from apps.media.sync.reach import Reach
from apps.media.sync.schedules import Schedule
from apps.media.sync.survey import remove, survey
from apps.media.sync.turns import Turn
from apps.media.titles import TitleKey
from movierec import jobs
from movierec.jobs import JobRun
from movierec.progress import Steps
from movierec.timestamps import timestamp

JOB: Final = "sync_media"
_EXPORT: Final = "daily export"
# The figure of a run's record that tells how long the last unit took.
_REBUILD: Final = "rebuildSeconds"
# Where none was measured yet.
_REBUILD_SECONDS: Final = 30
# What the sentence about a run says of its figures.
_TOLD: Final[Mapping[str, str]] = {
    "fetched": "fetched",
    "fresh": "fresh already",
    "overtaken": "fetched by others meanwhile",
    "absent": "not at the source",
    "unmatched": "of other sources not there",
    "failed": "failed",
    "listsFailed": "lists failed",
    "removed": "removed after six months",
}


def now() -> datetime:
    """The present."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Work:
    """One process's part of a run."""

    schedule: Schedule
    source: TitleSource
    point: SavedPoint
    run: JobRun
    turn: Turn
    reach: Reach
    deadline: Deadline
    steps: Steps
    units: int = 0

    def is_finished(self) -> bool:
        """Does what is left, unit by unit; False when the budget ends before that."""
        return self._lists_are_collected() and self._details_are_fetched() and self._is_rebuilt()

    def progress(self) -> str:
        """How far the run has come."""
        if not self.point.planned:
            return "not all lists collected"
        return f"{self.run.done:,} of {self.run.total:,} details"

    def told(self) -> str:
        """What the run did."""
        figures = self.run.figures()
        parts = [f"{figures[name]:,} {words}" for name, words in _TOLD.items() if figures.get(name)]
        return ", ".join([self.progress(), *parts])

    def _may_go_on(self) -> bool:
        """Whether there is time for another unit; counts it."""
        self.turn.check()
        self.units += 1
        return self.reach.has_time()

    def _saved(self) -> None:
        jobs.save(self.run, now())

    # --- Lists ------------------------------------------------------------------------------------------------------

    def _lists_are_collected(self) -> bool:
        if self.point.planned:
            return True
        self.steps.show("Asking for lists", 0.0)
        wanted = lists_of(self.schedule, self.point.started_at.date())
        collected = self.point.collected()
        if not wanted:
            self._collect_export(collected)
        elif not self._collect(wanted, collected):
            return False
        if not any(collected.values()):
            raise SourceUnavailable("None of the lists could be fetched.")
        names = [each.name for each in wanted] or [_EXPORT]
        self._plan(chain.from_iterable(collected.get(name, ()) for name in names))
        return True

    def _collect_export(self, collected: dict[str, list[TitleKey]]) -> None:
        if _EXPORT not in collected:
            collected[_EXPORT] = most_popular(now().date())
            self.point.save_list(_EXPORT, collected[_EXPORT])

    def _collect(self, wanted: Sequence[SourceList], collected: dict[str, list[TitleKey]]) -> bool:
        """Adds the lists that are not collected yet; False when the time is over. What fails is tried a second time."""
        for is_last in (False, True):
            for each in wanted:
                if each.name in collected:
                    continue
                if not self._may_go_on():
                    return False
                keys = self._collected(each, is_last=is_last)
                if keys is not None:
                    collected[each.name] = keys
        return True

    def _collected(self, wanted: SourceList, *, is_last: bool) -> list[TitleKey] | None:
        """The titles of a list, saved; None where it is to be asked for again."""
        keys: dict[TitleKey, None] = {}
        try:
            for page in pages_of(self.source, wanted):
                keys.update(dict.fromkeys(page))
        except (NotAtSource, SourceUnavailable) as error:
            # Either the source is away, which ends the run, or the list cannot be had as it should.
            self.reach.find_out()
            if not is_last:
                return None
            self.run.add("listsFailed")
            self.run.note(f"The list {wanted.name}: {error}")
        if keys:
            self._keep(wanted, list(keys))
        return list(keys)

    def _keep(self, wanted: SourceList, keys: list[TitleKey]) -> None:
        if wanted.kept_as is not None:
            store_order(*wanted.kept_as, keys, timestamp(now()))
        self.point.save_list(wanted.name, keys)
        self.run.add("lists")
        self._saved()

    def _plan(self, listed: Iterable[TitleKey]) -> None:
        """Saves which titles are to be asked for, and removes what is kept for too long."""
        self.steps.show("Looking through the catalogue", 0.1)
        found = survey(now(), most=self.schedule.renewed)
        keys = list(dict.fromkeys([*listed, *found.due]))
        self.run.add("removed", remove(found.expired, spared={(kind, str(media_id)) for kind, media_id in keys}))
        self.run.total = len(keys)
        self._saved()
        self.point.save_plan(keys)

    # --- Details ----------------------------------------------------------------------------------------------------

    def _details_are_fetched(self) -> bool:
        batches = list(self.point.batches())
        self._show_details(sum(len(keys) for _, keys in batches))
        with fetching(self.source, self.reach, now()) as fetcher:
            for name, keys in batches:
                settled = fetcher.batch(keys) if self._may_go_on() else None
                if settled is None:
                    return False
                for key, told in settled.items():
                    self._count(key, told)
                self.point.batch_is_done(name)
                self._show_details(int(self.run.total - self.run.done) - len(keys))
                self._saved()
        return True

    def _show_details(self, left: int) -> None:
        self.run.done = self.run.total - left
        self.steps.show("Fetching details", 0.15 + 0.65 * self.run.done / max(1, self.run.total))

    def _count(self, key: TitleKey, told: Settled) -> None:
        if isinstance(told, SourceUnavailable):
            self.run.add("failed")
            self.run.note(f"{key[0]} {key[1]}: {told}")
            return
        self.run.add(told)
        if told == "absent":
            self.run.note(f"{key[0]} {key[1]}: the source has no such title.")

    # --- The catalogue ----------------------------------------------------------------------------------------------

    def _is_rebuilt(self) -> bool:
        """Makes the catalogue's lists and its index anew: one unit, which a process without time leaves to the next."""
        self.turn.check()
        if self.units and self.deadline.left() < _expected_rebuild():
            return False
        begun = now()
        rebuild_catalogue(now=now(), progress=lambda step, part: self.steps.show(step, 0.8 + 0.2 * part))
        self.run.counts[_REBUILD] = ceil((now() - begun).total_seconds())
        return True


def _expected_rebuild() -> float:
    """Seconds that a rebuild may take, by the last one that was measured."""
    measured = (run.figure(_REBUILD) for run in jobs.newest(JOB))
    return 1.5 * next(filter(None, measured), _REBUILD_SECONDS)
