"""Writes of feedback."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from time import time
from typing import Final

from pynamodb.exceptions import DeleteError

from apps.recommendations.engine.titles import Title
from apps.recommendations.errors import FeedbackNotFound, TooMuchFeedback
from apps.recommendations.feedback.facts import known_title
from apps.recommendations.feedback.selectors import Given, given_of, is_in_force, row_key
from apps.recommendations.feedback.statements import FOR_NOW_DAYS, Statement
from apps.recommendations.models import FEEDBACK_PREFIX, FeedbackRow
from movierec.api.errors import FieldErrors
from movierec.dynamo.data_table import user_pk
from movierec.timestamps import now_text

MAX_FEEDBACK: Final = 2000


def give(user_id: str, statement: Statement) -> tuple[Given, bool]:
    """Stores a statement in place of an earlier one about the same; answers what is in force, and whether it is new.

    The same statement again changes nothing, but that what holds for now has its whole time anew. A genre or person
    that is not named is taken from the title. A Query, one conditional PutItem, a second to renew, and a GetItem where
    the model does not know a title that has to be known. Raises FieldErrors when the title does not tell,
    TooMuchFeedback beyond 2,000 statements.
    """
    said = _completed(statement)
    sort_key = row_key(said.id)
    _check_room(user_id, sort_key)
    row = FeedbackRow(
        user_pk(user_id),
        sort_key,
        kind=said.kind,
        scope=said.scope,
        media_type=said.key[0],
        media_id=said.key[1],
        genre=said.genre,
        person=said.person,
        created_at=now_text(),
        expires_at=_end() if said.scope == "for_now" else None,
    )
    another = (
        (FeedbackRow.kind != said.kind)
        | (FeedbackRow.scope != said.scope)
        | (FeedbackRow.media_type != said.key[0])
        | (FeedbackRow.media_id != said.key[1])
    )
    is_free = FeedbackRow.pk.does_not_exist() | (FeedbackRow.expires_at <= int(time()))
    stored, new = row.save_if(is_free | another)
    if not new and said.scope == "for_now":
        # It stays where it was in the order of time, so that pages of the list neither repeat nor skip it.
        row.created_at = stored["createdAt"]
        stored, _ = row.save_if(FeedbackRow.pk.does_not_exist() | (FeedbackRow.scope == said.scope))
    return given_of(stored), new


def _completed(statement: Statement) -> Statement:
    """The statement with the genre or person it is about."""
    if statement.scope == "genre" and statement.genre is None:
        title = known_title(statement.key)
        if title is None or not title.genres:
            raise FieldErrors([("genre", "No genre of this title is known; send TMDB's number of one, such as 27.")])
        return replace(statement, genre=title.genres[0])
    if statement.scope == "person" and statement.person is None:
        title = known_title(statement.key)
        people = _people(title) if title else ()
        if not people:
            raise FieldErrors([("person", "Nobody is known to have made this title; send a name.")])
        return replace(statement, person=people[0])
    return statement


def _people(title: Title) -> tuple[str, ...]:
    """Who made the title, then who plays in it."""
    return title.makers + title.cast


def _end() -> int:
    return int(time() + timedelta(days=FOR_NOW_DAYS).total_seconds())


def _check_room(user_id: str, sort_key: str) -> None:
    """Raises TooMuchFeedback where a new row would be one too many; requests at once may pass by a few, which does
    no harm.
    """
    rows = FeedbackRow.query_all(
        user_pk(user_id),
        range_condition=FeedbackRow.sk.startswith(FEEDBACK_PREFIX),
        attributes=["sk", "expiresAt"],
    )
    others = [row for row in rows if row["sk"] != sort_key and is_in_force(row)]
    if len(others) >= MAX_FEEDBACK:
        raise TooMuchFeedback(MAX_FEEDBACK)


def undo(user_id: str, feedback_id: str) -> None:
    """Takes back the statement of an id; one DeleteItem. Raises FeedbackNotFound when none is in force."""
    row = FeedbackRow(user_pk(user_id), row_key(feedback_id))
    in_force = FeedbackRow.expires_at.does_not_exist() | (FeedbackRow.expires_at > int(time()))
    try:
        row.delete(condition=FeedbackRow.pk.exists() & in_force)
    except DeleteError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            raise FeedbackNotFound from error
        raise
