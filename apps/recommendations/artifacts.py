"""The model that serves: taken up from the store, looked for anew beside the requests, with fallbacks that say so.

While a candidate is tried, a process holds it beside the active model, and each person has one of the two.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from threading import Lock, Thread
from time import time
from typing import Final

from django.conf import settings

from apps.media.listings import CHUNK_ITEMS
from apps.media.selectors import listing
from apps.media.titles import MEDIA_TYPES
from apps.recommendations.catalogue import title_of_listing
from apps.recommendations.engine.artifact import ArtifactError, Model, content_only
from apps.recommendations.engine.manifest import UnreadableError
from apps.recommendations.engine.titles import Title
from apps.recommendations.stores.configured import configured_store
from apps.recommendations.stores.errors import NoRoom, PointerDamaged, UnknownVersion
from apps.recommendations.stores.pointer import Pointer, is_version
from apps.recommendations.stores.room import room_beside
from apps.recommendations.stores.store import ModelStore
from movierec import via
from movierec.objects import Stored, StoreUnreachable

FALLS_BACK: Final = "Recommendations fall back on popularity."

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trial:
    """The version that is tried on some people. Without a `model` it cannot be had, and `problem` says why."""

    version: str
    model: Model | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Serving:
    """The model in use.

    `wanted` is the version that the store's pointer names, as far as known. `problem` says for operators why another
    serves, or why a newer one would not be noticed. `published` tells whether the model came from the store. `pointer`
    is what was read of the store last; a `trial` is there while it names a candidate.
    """

    model: Model
    wanted: str | None
    problem: str | None
    published: bool = True
    pointer: Pointer | None = None
    trial: Trial | None = None

    @property
    def fallback(self) -> bool:
        """Whether another model stands in for the one that should serve."""
        return self.model.version != self.wanted

    @property
    def models(self) -> list[Model]:
        """The models that are held, the active one first."""
        return [self.model, *([self.trial.model] if self.trial and self.trial.model else [])]

    def for_person(self, user_id: str) -> Serving:
        """What serves this person: the candidate, where it can be had and they are among its people."""
        if self.trial is None or self.trial.model is None or self.pointer is None:
            return self
        if not is_among(user_id, self.trial.version, self.pointer.share):
            return self
        return replace(self, model=self.trial.model, wanted=self.trial.version, problem=None, published=True)


def is_among(user_id: str, version: str, share: int) -> bool:
    """Whether a person is among the `share` percent whom the candidate `version` serves.

    The same person has always the same answer for a version, and who was among fewer is among more, too. Another
    candidate is tried on other people.
    """
    digest = sha256(f"{version}/{user_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100 < share


def serving() -> Serving:
    """What this process serves from; costs nothing once the first model is there.

    Every `MODEL_CHECK_SECONDS` a call starts a look at the store, in a thread of its own that nobody waits for. Calls
    that hold a model keep it; later ones get the new one. `for_person` of the answer tells what serves somebody.
    """
    return _keeper(configured_store()).serving()


def held() -> Serving | None:
    """What this process serves from, None where nobody has asked for a model yet; loads none."""
    return _keeper(configured_store()).held


def model_named(version: str) -> Model:
    """The model of a version: one that is held, else loaded for whoever asks and not kept.

    Raises UnknownVersion, ArtifactError, StoreUnreachable, and NoRoom where the process has no memory for it.
    """
    store, current = configured_store(), serving()
    held = next((model for model in current.models if model.version == version), None)
    if held is not None:
        return held
    if not is_version(version):
        raise UnknownVersion(f"{version!r} is no version of a model.")
    no_room = room_beside(store, current.model.version, version)
    if no_room:
        raise NoRoom(no_room)
    return store.load(version)


def refresh() -> Serving:
    """Looks at the store now, and answers what serves after it."""
    return _keeper(configured_store()).refresh()


def is_published() -> bool:
    """Whether a published model can be served; the one that was loaded for the answer is kept for `serving`."""
    return _keeper(configured_store()).has_published()


class Keeper:
    """Holds the model of one store for this process."""

    def __init__(self, store: ModelStore) -> None:
        self._store = store
        self._lock = Lock()
        self._serving: Serving | None = None
        self._looked_at = 0.0
        self._refused: dict[str, _Refusal] = {}

    def serving(self) -> Serving:
        """As the function of this name."""
        current = self._serving
        if current is None:
            return self._first()
        # By the clock on the wall: others may stand still while Lambda keeps a process frozen.
        if not 0 <= time() - self._looked_at < settings.MODEL_CHECK_SECONDS:
            self._looked_at = time()
            Thread(target=self._look, name="model", daemon=True).start()
        return current

    @property
    def held(self) -> Serving | None:
        """As the function of this name."""
        return self._serving

    def refresh(self) -> Serving:
        """As the function of this name."""
        with self._lock:
            return self._take_up(self._found())

    def has_published(self) -> bool:
        """As `is_published`."""
        with self._lock:
            if self._serving is None:
                found = self._found()
                if found.model is None:
                    return False
                self._take_up(found)
            return self._serving is not None and self._serving.published

    def _first(self) -> Serving:
        with self._lock:
            return self._serving or self._take_up(self._found())

    def _look(self) -> None:
        # One look at a time: what a slow one finds is new enough.
        if self._lock.acquire(blocking=False):
            try:
                self._take_up(self._found())
            finally:
                self._lock.release()

    def _take_up(self, found: _Found) -> Serving:
        before = self._serving
        if found.model is not None:
            now = Serving(found.model, found.wanted, found.problem, True, found.pointer, found.trial)
        elif before is not None:
            now = replace(before, wanted=found.wanted, problem=found.problem)
        else:
            now = Serving(content_only(_popular_titles()), found.wanted, found.problem, published=False)
        self._serving = now
        self._looked_at = time()
        _say(before, now)
        if now.pointer:
            via.know([now.pointer.version, *now.pointer.previous, now.pointer.candidate or now.pointer.version])
        if before is None or before.models != now.models:
            # A model lives long. Out of the collector's sight it no longer makes some requests wait while hundreds of
            # thousands of objects are looked at in vain. The one before is freed when the last request lets go of it.
            gc.collect()
            gc.freeze()
        return now

    def _found(self) -> _Found:
        """The best model to be had: the wanted one, those that served before it, the one that is held."""
        held = self._serving
        wanted = self._wanted()
        if held and held.published and wanted.version is None:
            return _Found(held.model, held.wanted, wanted.problem, held.pointer, held.trial)
        problems = [wanted.problem] if wanted.problem else []
        for version in wanted.candidates:
            model = self._in_memory(version) or self._loaded(version, problems, needed=version == wanted.version)
            if model is not None:
                problem, trial = " ".join(problems) or None, self._trial(wanted.pointer, model)
                return _Found(model, wanted.version, problem, wanted.pointer, trial)
        model = held.model if held and held.published else None
        problem, trial = " ".join(problems) or None, self._trial(wanted.pointer, model) if model else None
        return _Found(model, wanted.version, problem, wanted.pointer, trial)

    def _in_memory(self, version: str) -> Model | None:
        """The model of a version if it is in memory, the active or the candidate."""
        held = self._serving.models if self._serving and self._serving.published else []
        return next((model for model in held if model.version == version), None)

    def _trial(self, pointer: Pointer | None, active: Model) -> Trial | None:
        """The candidate beside the model that serves, or why it cannot be had."""
        if pointer is None or pointer.candidate is None:
            return None
        version, problems = pointer.candidate, list[str]()
        if version == active.version:
            # It stands in for the active version already.
            return Trial(version, active, None)
        model = self._in_memory(version) or self._loaded_beside(active.version, version, problems)
        return Trial(version, model, " ".join(problems) or None)

    def _loaded_beside(self, active: str, version: str, problems: list[str]) -> Model | None:
        try:
            no_room = room_beside(self._store, active, version)
        except StoreUnreachable as error:
            no_room = str(error)
        if no_room is None:
            return self._loaded(version, problems, needed=True)
        problems.append(no_room)
        return None

    def _wanted(self) -> _Wanted:
        try:
            return self._pointed()
        except StoreUnreachable as error:
            return _Wanted(None, self._store.copies(), str(error))

    def _pointed(self) -> _Wanted:
        try:
            pointer = self._store.pointer()
        except PointerDamaged as error:
            return _Wanted(None, self._store.newest_first(), str(error))
        if pointer is None:
            return _Wanted(None, (), f"{self._store} has no active model. Train one: manage.py train_recommender.")
        return _Wanted(pointer.version, (pointer.version, *pointer.previous), None, pointer)

    def _loaded(self, version: str, problems: list[str], *, needed: bool) -> Model | None:
        """The model of a version, or None with what is wrong added to `problems`.

        A version that is gone is a problem only where it is `needed`: old ones are removed. One that was refused is
        not fetched again before its files have changed; one that could not be read may be readable by now.
        """
        try:
            refusal = self._refused.get(version)
            if refusal is None or refusal.state != self._store.state(version):
                self._refused.pop(version, None)
                return self._store.load(version)
            problems.append(refusal.problem)
        except UnreadableError as error:
            problems.append(f"{error}.")
        except ArtifactError as error:
            problems.append(f"{error}.")
            self._remember(version, f"{error}.")
        except UnknownVersion as error:
            if needed:
                problems.append(str(error))
        except StoreUnreachable as error:
            problems.append(str(error))
        return None

    def _remember(self, version: str, problem: str) -> None:
        with suppress(StoreUnreachable):
            self._refused[version] = _Refusal(self._store.state(version), problem)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The version that should serve, where that is known; which to try in turn; why it is not known."""

    version: str | None
    candidates: Sequence[str]
    problem: str | None
    pointer: Pointer | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """A model from the store, if there is one to be had, and why it is not the wanted one."""

    model: Model | None
    wanted: str | None
    problem: str | None
    pointer: Pointer | None = None
    trial: Trial | None = None


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A version's files as they were when they were refused, and why."""

    state: list[Stored]
    problem: str


# One for each store that settings name while the process lives.
_keeper = cache(Keeper)


def _say(before: Serving | None, now: Serving) -> None:
    """Logs each change once: another model, or another problem. A start without a problem is none."""
    if now.problem and (before is None or (before.problem, before.model) != (now.problem, now.model)):
        serves = f"Model {now.model.version} serves meanwhile." if now.published else FALLS_BACK
        logger.warning("%s %s", now.problem, serves)
    elif now.problem is None and before is not None and (before.problem or before.model is not now.model):
        logger.info("Model %s serves.", now.model.version)
    if now.trial != (before.trial if before else None):
        _say_trial(now)


def _say_trial(now: Serving) -> None:
    if now.trial is None:
        logger.info("No other model is tried any more.")
    elif now.trial.problem:
        logger.warning("%s Model %s serves everybody meanwhile.", now.trial.problem, now.model.version)
    else:
        logger.info("Model %s is tried beside it.", now.trial.version)


def _popular_titles() -> list[Title]:
    """The hundred most popular films and series each, by one read for each."""
    listings = [listing("popular", media_type, page=1, limit=CHUNK_ITEMS) for media_type in MEDIA_TYPES]
    return [title_of_listing(item) for found in listings if found for item in found.items]
