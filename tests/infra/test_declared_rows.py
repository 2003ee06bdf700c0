"""Rows that may come back from an old copy: each kind of rows that the application has was decided on."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.conf import settings

from apps.accounts.models import (
    CLAIM,
    DELETIONS,
    PROFILE,
    DueDeletion,
    EmailClaim,
    PendingDeletion,
    Profile,
    UsernameClaim,
    username_pk,
)
from apps.lists.models import RATING_PREFIX, Favourite, Rating, WatchlistEntry
from apps.media.marks import MARKS_PK, MarkRow
from apps.media.models import CachedMedia
from apps.preferences.models import UserPreferences
from apps.recommendations.models import FEEDBACK_PREFIX, FeedbackRow
from apps.stats.models import SORT_KEY, StatsRow
from infra.declared import rows, tables
from movierec.audit.rows import AuditRow, actor_pk
from movierec.dynamo.data_table import DataRow, user_pk
from movierec.switches.rows import PK, SK, SwitchesRow

# What comes back, by a key that such a row has.
BACK = {
    Profile: (user_pk("7"), PROFILE),
    StatsRow: (user_pk("7"), SORT_KEY),
    Rating: (user_pk("7"), f"{RATING_PREFIX}movie-603"),
    FeedbackRow: (user_pk("7"), f"{FEEDBACK_PREFIX}movie-603"),
    UsernameClaim: (username_pk("ann"), CLAIM),
}
# And what is nobody's: who did what, and what staff decided.
NOBODYS_BACK = {
    AuditRow: (actor_pk("7"), "2026-05-01T09:30:00.000Z#0a1b2c"),
    MarkRow: (MARKS_PK, "movie/603"),
    SwitchesRow: (PK, SK),
}
# What does not: sign-ins, codes, limits, deletions, work under way. An account of the local provider is a profile's
# row, and no deployed environment has that provider.
OUT = {
    "Account", "Attempts", "Code", "CommandRow", "DirectoryEntry", "DueDeletion", "EmailClaim", "EndedSession",
    "FactorOff", "GroupMember", "ImportJob", "Indexed", "JobRun", "KnownDevice", "LeaseRow", "MailCounter",
    "PendingDeletion", "PendingSignUp", "RateCounter", "RecoveryCode", "RefreshToken", "RunHead", "RunLog", "Session",
    "SignedOut", "StaffSession", "UsedKey", "Wish",
}  # fmt: skip


def texts(**attributes: str) -> rows.Row:
    return {name: {"S": text} for name, text in attributes.items()}


def kinds(model: type[DataRow]) -> set[type[DataRow]]:
    return {model, *(kind for each in model.__subclasses__() for kind in kinds(each))}


def test_every_kind_of_rows_was_decided_on() -> None:
    for module in (
        "apps.accounts.directory.indexing",
        "apps.accounts.pending",
        "apps.accounts.providers.cognito.recoveries",
        "apps.accounts.staff_sessions",
        "apps.ops.imports.movielens",
        "movierec.api.idempotency",
        "movierec.api.throttling",
        "movierec.dynamo.leases",
        "movierec.jobs",
    ):
        import_module(module)
    own = {kind.__name__ for kind in kinds(DataRow) if kind.__module__.startswith(("apps.", "movierec."))}
    assert own - {"DataRow"} == {model.__name__ for model in {**BACK, **NOBODYS_BACK}} | OUT


@pytest.mark.parametrize("model", BACK, ids=lambda model: model.__name__)
def test_what_people_told_comes_back(model: type[DataRow]) -> None:
    pk, sk = BACK[model]
    row = texts(pk=pk, sk=sk, userId="7")

    assert rows.kind_of(row) is not None
    assert rows.owner_of("data", row) == "7"


@pytest.mark.parametrize("model", NOBODYS_BACK, ids=lambda model: model.__name__)
def test_what_staff_did_comes_back_and_is_nobodys(model: type[DataRow]) -> None:
    pk, sk = NOBODYS_BACK[model]
    row = texts(pk=pk, sk=sk)
    found = rows.kind_of(row)

    assert found is not None
    assert found.newest
    assert rows.owner_of("data", row) == ""


def test_each_declared_kind_is_one_of_those() -> None:
    found = {rows.kind_of(texts(pk=pk, sk=sk)) for pk, sk in [*BACK.values(), *NOBODYS_BACK.values()]}
    assert found == set(rows.KINDS)


@pytest.mark.parametrize("sk", ["SESSION#1", "ENDED", "DELETION", "RECOVERY#1", "REFRESH#1", "DEVICE#1", "ATTEMPTS"])
def test_rows_of_sign_ins_do_not(sk: str) -> None:
    assert rows.kind_of(texts(pk=user_pk("7"), sk=sk)) is None


def test_attributes_are_called_as_the_application_calls_them() -> None:
    assert rows.DELETIONS == DELETIONS
    assert (DueDeletion.user_id.attr_name, DueDeletion.begun_at.attr_name) == (rows.OWNER, rows.BEGUN)
    assert (UsernameClaim.user_id.attr_name, Profile.username.attr_name) == (rows.OWNER, rows.NAME)
    assert PROFILE == rows.PROFILE
    assert rows.name_key("Ann.Old") == username_pk("Ann.Old".casefold())
    assert {EmailClaim, PendingDeletion} & set(BACK) == set()


def test_whole_tables_are_peoples_by_their_hash_key() -> None:
    models: dict[str, Any] = {
        "user-preferences": UserPreferences,
        "favourites": Favourite,
        "watchlist": WatchlistEntry,
        "cache": CachedMedia,
    }
    by_key = {table.key: table for table in tables.TABLES}

    assert set(models) == set(rows.WHOLE)
    assert {*rows.WHOLE, rows.SINGLE} == set(tables.OWN)
    for key, model in models.items():
        assert model.Meta.table_name == by_key[key].name
        if rows.WHOLE[key]:
            assert by_key[key].hash == rows.WHOLE[key]


def test_everything_that_an_erasure_removes_is_known() -> None:
    """Each module that erases is of an app whose rows are decided on above."""
    assert settings.PERSONAL_DATA == (
        "apps.preferences.personal",
        "apps.lists.personal",
        "apps.recommendations.personal",
        "apps.stats.personal",
        "apps.accounts.personal",
    )
