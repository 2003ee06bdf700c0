"""Reads of feedback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from time import time
from typing import Final

from apps.recommendations.engine.titles import TitleKey, normalise
from apps.recommendations.engine.vocabulary import canonical_genres
from apps.recommendations.errors import FeedbackNotFound
from apps.recommendations.feedback import Feedback
from apps.recommendations.feedback.statements import Kind, Statement, is_id
from apps.recommendations.models import FEEDBACK_PREFIX, FeedbackRow
from movierec.api.pagination import decode_cursor, encode_cursor
from movierec.dynamo.data_table import user_pk
from movierec.dynamo.plain import Plain
from movierec.dynamo.table import Row
from movierec.timestamps import epoch_seconds, timestamp

MAX_ITEMS: Final = 1000
# All that `given_of` reads.
ATTRIBUTES: Final = (
    "sk", "kind", "scope", "mediaType", "mediaId", "genre", "person", "createdAt", "expiresAt",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Given:
    """A statement in force; times are timestamps, `expires_at` None for one without an end."""

    statement: Statement
    created_at: str
    expires_at: str | None

    @property
    def place(self) -> tuple[str, str]:
        """Its place in the order of time; the id tells those of one millisecond apart."""
        return self.created_at, self.statement.id


def given_of(row: Mapping[str, Plain]) -> Given:
    """The statement of a stored row."""
    statement = Statement(
        key=(row["mediaType"], row["mediaId"]),
        kind=row["kind"],
        scope=row["scope"],
        genre=row.get("genre"),
        person=row.get("person"),
    )
    expires_at = row.get("expiresAt")
    end = None if expires_at is None else timestamp(datetime.fromtimestamp(expires_at, UTC))
    return Given(statement, row["createdAt"], end)


def is_in_force(row: Mapping[str, Plain]) -> bool:
    """Whether a row's time is not over; DynamoDB removes it some time after that."""
    expires_at = row.get("expiresAt")
    return expires_at is None or expires_at > time()


def feedback_of(user_id: str) -> Feedback:
    """Everything a person said that is in force, as `feedback_in`; one Query."""
    return feedback_in(_read(user_id))


def feedback_in(statements: Iterable[Given]) -> Feedback:
    """What statements of one person say. Where they contradict, the newest holds.

    That a title was seen contradicts nothing, and holds beside what is thought of it.
    """
    said = [given.statement for given in sorted(statements, key=lambda given: given.place)]
    seen = _of_kind("already_seen", said)
    of_titles = [statement for statement in said if statement.scope in ("title", "for_now")]
    genres = {genre: statement.kind for statement in said for genre in _genres(statement)}
    people = {normalise(statement.person): statement.kind for statement in said if statement.person}
    for_good = [statement for statement in of_titles if statement.scope == "title"]
    return Feedback(
        hidden=_of_kind("not_interested", of_titles) | seen,
        disliked=_of_kind("not_interested", for_good),
        seen=seen,
        wanted=_of_kind("more_like_this", for_good),
        unused=_of_kind("do_not_use", for_good),
        avoided_genres=frozenset(genre for genre, kind in genres.items() if kind == "not_interested"),
        avoided_people=frozenset(person for person, kind in people.items() if kind == "not_interested"),
        wanted_genres=frozenset(genre for genre, kind in genres.items() if kind == "more_like_this"),
        wanted_people=frozenset(person for person, kind in people.items() if kind == "more_like_this"),
    )


def _genres(statement: Statement) -> tuple[int, ...]:
    """The genres a statement is about, in the terms of films."""
    return () if statement.genre is None else canonical_genres(statement.genre)


def _of_kind(kind: Kind, statements: Iterable[Statement]) -> frozenset[TitleKey]:
    return frozenset(statement.key for statement in statements if statement.kind == kind)


def page(user_id: str, *, limit: int | None = None, cursor: str | None = None) -> tuple[list[Given], str | None]:
    """At most `limit` (1,000 without) statements in force, the newest first, and the cursor to go on with.

    The cursor is None at the end. One Query of everything, which is bounded. Raises FieldErrors for a cursor that is
    not one.
    """
    wanted = limit or MAX_ITEMS
    before = tuple(decode_cursor(cursor, 2)) if cursor else None
    found = [given for given in _read(user_id) if before is None or given.place < before]
    found.sort(key=lambda given: given.place, reverse=True)
    following = encode_cursor(*found[wanted - 1].place) if len(found) > wanted else None
    return found[:wanted], following


def one(user_id: str, feedback_id: str) -> Given:
    """The statement of an id; one GetItem. Raises FeedbackNotFound when none is in force."""
    row = FeedbackRow.get_row(user_pk(user_id), row_key(feedback_id), consistent=True)
    if row is None or not is_in_force(row):
        raise FeedbackNotFound
    return given_of(row)


def row_key(feedback_id: str) -> str:
    """The sort key of a statement's row. Raises FeedbackNotFound for a text that is no id."""
    if not is_id(feedback_id):
        raise FeedbackNotFound
    return f"{FEEDBACK_PREFIX}{feedback_id}"


def _read(user_id: str) -> list[Given]:
    # Consistently: what was turned down a moment ago must not be recommended.
    rows = FeedbackRow.query_all(
        user_pk(user_id), range_condition=FeedbackRow.sk.startswith(FEEDBACK_PREFIX), consistent=True
    )
    return in_force(rows)


def in_force(rows: Iterable[Row]) -> list[Given]:
    """The statements in force among rows of the single table, in the rows' order."""
    return [given_of(row) for row in rows if row["sk"].startswith(FEEDBACK_PREFIX) and is_in_force(row)]


def all_feedback() -> Iterator[tuple[str, TitleKey, Kind, float]]:
    """What everybody says of titles for good, by a scan: for jobs only.

    Yields (user id, title, kind, seconds since 1970).
    """
    for row in FeedbackRow.scan_rows(["pk", "sk", "kind", "scope", "mediaType", "mediaId", "createdAt"]):
        if _is_about_a_title(row):
            yield row["pk"].removeprefix("USER#"), _title(row), row["kind"], epoch_seconds(row["createdAt"])


def _is_about_a_title(row: Row) -> bool:
    return bool(row["sk"].startswith(FEEDBACK_PREFIX) and row["scope"] == "title")


def _title(row: Row) -> TitleKey:
    return row["mediaType"], row["mediaId"]
