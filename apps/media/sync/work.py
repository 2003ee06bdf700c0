"""The work of a run: its lists, the details of their titles, and the catalogue made of both; saved after every unit.

Before each unit of work the budget is looked at; after each the saved point and the run's record say that it is done.
So a process that is killed loses one unit at most, and the next one does that unit again to the same effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from math import ceil
from typing import Final

from apps.media.errors import SourceError, SourceKeyRefused, SourceUnavailable
from apps.media.marks import curation
from apps.media.providers.interface import TitleSource
from apps.media.services import rebuild_catalogue, store_order
from apps.media.sync.collecting import Collected, collect, most_popular
from apps.media.sync.fetching import Fetcher, Settled, workers
from apps.media.sync.plan import SourceList, lists_of
from apps.media.sync.points import SavedPoint
from apps.media.sync.reach import Reach
from apps.media.sync.schedules import Schedule
from apps.media.sync.survey import remove, survey
from apps.media.titles import TitleKey
from movierec import jobs
from movierec.clock import Clock, Deadline
from movierec.jobs import JobRun, Recorder
from movierec.timestamps import timestamp

JOB: Final = "sync_media"
_EXPORT: Final = "daily export"
# The figure of a run's record that tells how long the last unit took.
_REBUILD: Final = "rebuildSeconds"
_LEAST_REBUILD_SECONDS: Final = 5.0
# For each title, where no rebuild was measured yet.
_TITLE_SECONDS: Final = 0.001
# The figure that tells how many titles there were when the run was planned.
_TITLES: Final = "titles"
# A run fails when more of its titles than this share could not be had, and not just a handful.
_FAILED_SHARE: Final = 0.25
_FEW_FAILED: Final = 5
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
    record: Recorder
    reach: Reach
    deadline: Deadline
    clock: Clock
    units: int = 0

    @property
    def run(self) -> JobRun:
        """The run's row."""
        return self.record.run

    def finish(self) -> bool:
        """Does what is left, unit by unit; False when the budget ends before that."""
        with workers() as pool:
            if not (self._collect_lists(pool) and self._fetch_details(pool)):
                return False
        return self._rebuild()

    def has_succeeded(self) -> bool:
        """Whether the finished run brought what it should: some titles, and most of those that were to be had."""
        figures = self.run.figures()
        failed = figures.get("failed", 0)
        if not any(figures.get(name) for name in ("fetched", "fresh", "overtaken")):
            return False
        return failed < _FEW_FAILED or failed <= _FAILED_SHARE * self.run.total

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
        self.record.check()
        self.units += 1
        return self.reach.has_time()

    # --- Lists ------------------------------------------------------------------------------------------------------

    def _collect_lists(self, pool: ThreadPoolExecutor) -> bool:
        if self.point.planned:
            return True
        self.record.show("Asking for lists", 0.0)
        wanted = lists_of(self.schedule, self.point.started_at.date())
        collected = self.point.collected()
        if not (self._ask_for_lists(pool, wanted, collected) if wanted else self._fetch_export(collected)):
            return False
        if not any(collected.values()):
            raise SourceUnavailable("None of the lists could be fetched.")
        names = [each.name for each in wanted] or [_EXPORT]
        self._plan(chain.from_iterable(collected.get(name, ()) for name in names))
        return True

    def _fetch_export(self, collected: dict[str, list[TitleKey]]) -> bool:
        if _EXPORT in collected:
            return True
        if not self._may_go_on():
            return False
        try:
            collected[_EXPORT] = most_popular(now().date(), deadline=self.deadline, clock=self.clock)
        except SourceUnavailable:
            if self.reach.has_time():
                raise
            # What is left of the budget was too little for the export.
            return False
        self.point.save_list(_EXPORT, collected[_EXPORT])
        return True

    def _ask_for_lists(
        self, pool: ThreadPoolExecutor, wanted: Sequence[SourceList], collected: dict[str, list[TitleKey]]
    ) -> bool:
        """Adds the lists that are not collected yet; False when the time is over. What fails is tried a second time."""
        tried_again: set[str] = set()
        while left := [each for each in wanted if each.name not in collected]:
            if not self._may_go_on():
                return False
            failed: list[tuple[SourceList, Collected]] = []
            for each, found in zip(left, pool.map(partial(collect, self.source, self.reach), left), strict=True):
                if found is None:
                    continue
                if isinstance(found.error, SourceKeyRefused):
                    raise found.error
                if isinstance(found.error, SourceUnavailable):
                    failed.append((each, found))
                else:
                    collected[each.name] = self._keep(each, found)
            # Either the source is away, which ends the run, or the lists cannot be had as they should.
            if failed and not self.reach.find_out():
                return False
            collected.update({each.name: self._keep(each, found) for each, found in failed if each.name in tried_again})
            tried_again.update(each.name for each, _ in failed)
        return True

    def _keep(self, wanted: SourceList, found: Collected) -> list[TitleKey]:
        """Saves the titles of a list, as far as it came."""
        self.record.check()
        if found.error is not None:
            self.run.add("listsFailed")
            self.record.note(f"The list {wanted.name}: {found.error}")
        if found.keys:
            if wanted.kept_as is not None:
                store_order(*wanted.kept_as, found.keys, timestamp(now()))
            self.point.save_list(wanted.name, found.keys)
            self.run.add("lists")
        self.record.save()
        return found.keys

    def _plan(self, listed: Iterable[TitleKey]) -> None:
        """Saves which titles are to be asked for, and removes what is kept for too long."""
        self.record.show("Looking through the catalogue", 0.1)
        found = survey(now(), most=self.schedule.renewed)
        hidden = curation().hidden
        wanted = dict.fromkeys([*listed, *self.point.failed_before(), *found.due])
        keys = [key for key in wanted if key not in hidden]
        self.run.counts[_TITLES] = found.titles
        self.run.add("removed", remove(found.expired, spared={(kind, str(media_id)) for kind, media_id in keys}))
        self.run.total = len(keys)
        self.record.save()
        self.point.save_plan(keys)

    # --- Details ----------------------------------------------------------------------------------------------------

    def _fetch_details(self, pool: ThreadPoolExecutor) -> bool:
        batches = list(self.point.batches())
        self._show_details(sum(len(keys) for _, keys in batches))
        fetcher = Fetcher(self.source, self.reach, pool, now())
        for name, keys in batches:
            settled = fetcher.batch(keys) if self._may_go_on() else None
            if settled is None:
                return False
            for key, told in settled.items():
                self._count(key, told)
            self.point.save_failed(name, [key for key, told in settled.items() if isinstance(told, SourceError)])
            self._show_details(int(self.run.total - self.run.done) - len(keys))
            # Figures first: a batch that is gone without being counted would look as if nothing had come of it.
            self.record.save()
            self.point.batch_is_done(name)
        return True

    def _show_details(self, left: int) -> None:
        self.run.done = self.run.total - left
        self.record.show("Fetching details", 0.15 + 0.65 * self.run.done / max(1, self.run.total))

    def _count(self, key: TitleKey, told: Settled) -> None:
        if isinstance(told, SourceError):
            self.run.add("failed")
            self.record.note(f"{key[0]} {key[1]}: {told}")
            return
        self.run.add(told)
        if told == "absent":
            self.record.note(f"{key[0]} {key[1]}: the source has no such title.")

    # --- The catalogue ----------------------------------------------------------------------------------------------

    def _rebuild(self) -> bool:
        """Makes the catalogue's lists and its index anew: one unit, which a process without time leaves to the next."""
        self.record.check()
        if self.units and self.deadline.left() < self._expected_rebuild():
            return False
        begun = now()
        rebuild_catalogue(now=now(), progress=lambda step, part: self.record.show(step, 0.8 + 0.2 * part))
        self.run.counts[_REBUILD] = ceil((now() - begun).total_seconds())
        return True

    def _expected_rebuild(self) -> float:
        """Seconds that a rebuild may take: by the last one that was measured, else by the number of titles."""
        measured = next(filter(None, (run.figure(_REBUILD) for run in jobs.newest(JOB))), None)
        if measured is not None:
            return max(_LEAST_REBUILD_SECONDS, 1.5 * measured)
        return _LEAST_REBUILD_SECONDS + _TITLE_SECONDS * (self.run.figure(_TITLES) + int(self.run.total))
