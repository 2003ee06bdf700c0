"""What staff do to titles, each with its place in the audit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from pynamodb.exceptions import DeleteError
from pynamodb.expressions.operand import Path

from apps.media import marking
from apps.media.corrections import WrongValue
from apps.media.errors import NotAtSource, SourceError, SourceSilent, SourceUnavailable
from apps.media.models import CachedMedia
from apps.media.providers.tmdb.configured import configured_source
from apps.media.storing import store_title
from apps.ops.catalogue.correcting import CorrectionForm
from apps.ops.catalogue.selectors import Subject, correctable, subject
from apps.ops.console.audited import Refused, audited
from apps.ops.console.staff import Staff
from movierec.api.errors import NotFound
from movierec.audit import Tag, Thing

# For one title; many may be ticked, and a page has to end.
REFRESH_SECONDS: Final = 3.0
_RETRY_SECONDS: Final = 60


def _found(title: str) -> Subject:
    try:
        return subject(title)
    except NotFound as error:
        raise Refused(error.sentence) from error


def _thing(found: Subject) -> Thing:
    return Thing("title", found.id)


def refresh(staff: Staff, title: str, reason: str) -> str:
    """Asks the source for a title now, and stores what it tells. Raises Refused and SourceSilent."""
    found = _found(title)
    with audited(staff, Tag.TITLE_REFRESHED, _thing(found), before=found.row.get("refreshedAt"), reason=reason):
        return _refreshed(found)


def _refreshed(found: Subject) -> str:
    source = configured_source()
    if source is None:
        raise Refused("No source is set up: there is no key of TMDB.")
    if not found.has_source:
        raise Refused(
            "This title is of the demo or an import; no source outside describes it, unless a sync finds one."
        )
    try:
        told = source.title(*found.key, budget=REFRESH_SECONDS)
    except NotAtSource as error:
        stays = "what is stored stays" if found.row else "nothing is stored of it"
        raise Refused(f"The source has no such title; {stays}.") from error
    except SourceError as error:
        after = error.retry_after if isinstance(error, SourceUnavailable) else _RETRY_SECONDS
        raise SourceSilent(
            f"What is stored stays, because the source did not tell: {error}", retry_after=after
        ) from error
    if not store_title(told, found.full.facts if found.full else None):
        raise Refused("Something fresher was stored meanwhile, and stays.")
    return f"Told by {told.facts.source} just now."


def hide(staff: Staff, title: str, reason: str) -> str:
    """Hides a title from everybody. Raises Refused."""
    found = _found(title)
    with audited(staff, Tag.TITLE_HIDDEN, _thing(found), before="shown", after="hidden", reason=reason), _limited():
        if not marking.hide(found.key, title=found.name, by=staff.email):
            raise Refused("It is hidden already.")
    return "Hidden; within a minute nobody is shown it."


def show(staff: Staff, title: str, reason: str) -> str:
    """Shows a title again. Raises Refused."""
    found = _found(title)
    with audited(staff, Tag.TITLE_SHOWN, _thing(found), before="hidden", after="shown", reason=reason):
        if not marking.show(found.key):
            raise Refused("It is not hidden.")
    return "Shown within a minute; lists and search that were rebuilt without it have it after the next rebuild."


def purge(staff: Staff, title: str, reason: str) -> str:
    """Deletes a title's row; what was decided about it stays. Raises Refused."""
    found = _found(title)
    if not found.row:
        raise Refused("The catalogue has no row of it.")
    before = {name: found.row.get(name) for name in ("title", "source", "refreshedAt", "updatedAt")}
    with audited(staff, Tag.TITLE_PURGED, _thing(found), before=before, reason=reason):
        try:
            CachedMedia(found.row["mediaId"], found.row["mediaType"]).delete(Path("mediaId").exists())
        except DeleteError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            raise Refused("Somebody else purged it meanwhile.") from error
    if found.mark.hidden_at:
        return "Its row is gone. It stays hidden, so no sync brings it back."
    return "Its row is gone. A sync or a visit brings it back where its source has it, because it is not hidden."


def decide(staff: Staff, found: Subject, form: CorrectionForm) -> bool:
    """Stores what a form says of a field; False, and the form with its problem, where that cannot be."""
    try:
        if form.taking_back:
            _take_back(staff, found, form)
        else:
            _correct(staff, found, form)
    except WrongValue as error:
        form.problem = str(error)
    except _Overtaken as error:
        now = replace(found, mark=error.mark)
        assert form.field is not None
        form.overtaken, form.problem, form.version = True, str(error), error.mark.version
        form.subject, form.now = now, correctable(now, form.field)
    except Refused as error:
        form.problem = str(error)
    return not form.problem


def _correct(staff: Staff, found: Subject, form: CorrectionForm) -> None:
    field = form.field
    assert field is not None
    value = field.read(form.typed, found.key[0])
    before, after = {field.name: found.stands(field)}, {field.name: value}
    with audited(staff, Tag.TITLE_CORRECTED, _thing(found), before=before, after=after), _limited():
        marking.correct(found.key, field.name, value, title=found.name, by=staff.email, version=form.version)


def _take_back(staff: Staff, found: Subject, form: CorrectionForm) -> None:
    field = form.field
    assert field is not None
    before, after = {field.name: found.stands(field)}, {field.name: found.told(field)}
    with audited(staff, Tag.TITLE_CORRECTION_REMOVED, _thing(found), before=before, after=after), _limited():
        if not marking.take_back(found.key, field.name, version=form.version):
            raise Refused("This field is not corrected, and nothing was changed.")


class _Overtaken(Refused):
    def __init__(self, mark: Any) -> None:
        super().__init__("Somebody else corrected this title since you opened the form, and nothing was stored.")
        self.mark = mark


@contextmanager
def _limited() -> Iterator[None]:
    """Puts what the catalogue refuses in the admin's words."""
    try:
        yield
    except marking.Full as error:
        raise Refused(str(error)) from error
    except marking.Overtaken as error:
        raise _Overtaken(error.mark) from error
