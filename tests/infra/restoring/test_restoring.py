"""A restore from end to end: what comes back, what must not, and that it can be begun again."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.deployment.telling import Trouble
from infra.restoring import returning
from infra.restoring.restoring import restore
from tests.infra.restoring.conftest import World, no, order_of, row, task_of

LATER = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
SINGLE = "movierec-dev-data-table"


def held(world: World, table: str = SINGLE) -> set[str]:
    names = ("pk", "sk") if table == SINGLE else ("userId", "movieId")
    return {" ".join(one[name]["S"] for name in names) for one in world.rows(table)}


class TestFavourites:
    @pytest.fixture
    def ann(self, world: World) -> str:
        """Somebody with three favourites, of which one is lost, one spoiled, and one is new since the moment."""
        ann = world.person("ann")
        for movie in ("movie-1", "movie-2"):
            world.put("Favourites", userId=ann, movieId=movie, addedAt="then")
        restore(task_of(world))
        world.delete("Favourites", userId=ann, movieId="movie-1")
        world.put("Favourites", userId=ann, movieId="movie-2", addedAt="spoiled", mark="new")
        world.put("Favourites", userId=ann, movieId="movie-3", addedAt="since")
        return ann

    def test_nothing_is_written_unless_asked(self, world: World, ann: str, capsys: pytest.CaptureFixture[str]) -> None:
        before = world.rows("Favourites")

        restore(task_of(world))

        assert world.rows("Favourites") == before
        told = capsys.readouterr().out
        assert "Favourites has 2 rows, and had 2 at 2026-01-02 03:04:00 UTC:\n" in told
        for line in ("0 are the same in both", "1 are new since; they stay", "1 differ,", "1 are gone,"):
            assert f"        {line}" in told
        assert "--copy-back missing writes 1 rows whose key is gone." in told
        assert "--copy-back all also replaces 1 rows that differ." in told

    def test_missing_rows_come_back_and_no_others(self, world: World, ann: str) -> None:
        restore(task_of(world, how="missing"))

        assert world.rows("Favourites") == [
            row(userId=ann, movieId="movie-1", addedAt="then"),
            row(userId=ann, movieId="movie-2", addedAt="spoiled", mark="new"),
            row(userId=ann, movieId="movie-3", addedAt="since"),
        ]

    def test_all_makes_spoiled_rows_what_they_were(self, world: World, ann: str) -> None:
        restore(task_of(world, how="all"))

        assert world.rows("Favourites") == [
            row(userId=ann, movieId="movie-1", addedAt="then"),
            row(userId=ann, movieId="movie-2", addedAt="then"),
            row(userId=ann, movieId="movie-3", addedAt="since"),
        ]

    def test_a_second_time_there_is_nothing_to_do(
        self, world: World, ann: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        restore(task_of(world, how="all"))
        world.sent.clear()
        restore(task_of(world, how="all"))

        assert "There is nothing to copy back." in capsys.readouterr().out
        assert not {"PutItem", "UpdateItem", "DeleteItem"} & {name for name, _ in world.sent}

    def test_a_refusal_writes_nothing(self, world: World, ann: str) -> None:
        before = world.rows("Favourites")

        with pytest.raises(Trouble, match=re.escape("Nothing was copied back.")):
            restore(task_of(world, how="all", agree=no))

        assert world.rows("Favourites") == before

    def test_what_was_written_after_the_comparison_stays(self, world: World, ann: str) -> None:
        def write_meanwhile(_question: str) -> bool:
            world.put("Favourites", userId=ann, movieId="movie-1", addedAt="now")
            world.put("Favourites", userId=ann, movieId="movie-2", addedAt="now")
            return True

        with pytest.raises(Trouble, match="2 rows were written by others meanwhile"):
            restore(task_of(world, how="all", drop=True, agree=write_meanwhile))

        assert [one["addedAt"]["S"] for one in world.rows("Favourites")] == ["now", "now", "since"]
        # The copy is needed for the next try.
        assert len(world.rows("Favourites-restored-202601020304")) == 2

    def test_a_row_that_changes_in_the_last_moment_is_not_replaced(self, world: World, ann: str) -> None:
        now = row(userId=ann, movieId="movie-2", addedAt="spoiled", mark="new")
        change = returning.replacement(now, row(userId=ann, movieId="movie-2", addedAt="then"), ("userId", "movieId"))
        key = {"TableName": "Favourites", "Key": row(userId=ann, movieId="movie-2")}
        world.put("Favourites", userId=ann, movieId="movie-2", addedAt="spoiled", mark="newer")

        with pytest.raises(ClientError, match="ConditionalCheckFailedException"):
            world.dynamodb.update_item(**key, **change)

    def test_one_that_was_stopped_half_way_goes_on(
        self, world: World, ann: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world.put("Favourites-restored-202601020304", userId=ann, movieId="movie-0", addedAt="then")
        # As the first run left it.
        world.put("Favourites", userId=ann, movieId="movie-0", addedAt="then")

        restore(task_of(world, how="missing", drop=True))

        assert held(world, "Favourites") == {f"{ann} movie-{number}" for number in range(4)}
        assert "Favourites-restored-202601020304" not in world.dynamodb.list_tables()["TableNames"]

    def test_drop_alone_only_removes_the_copy(self, world: World, ann: str) -> None:
        before = world.rows("Favourites")

        restore(task_of(world, drop=True))
        restore(task_of(world, drop=True))

        assert "Favourites-restored-202601020304" not in world.dynamodb.list_tables()["TableNames"]
        assert world.rows("Favourites") == before


class TestErased:
    def test_rows_of_whom_has_no_account_stay_out(self, world: World, capsys: pytest.CaptureFixture[str]) -> None:
        world.put("Favourites", userId="erased-long-ago", movieId="movie-1")
        restore(task_of(world))
        world.delete("Favourites", userId="erased-long-ago", movieId="movie-1")

        restore(task_of(world, how="all"))

        assert world.rows("Favourites") == []
        assert "1 of these do not come back: of people who have no account any more" in capsys.readouterr().out

    def test_rows_of_whom_is_being_erased_stay_out(self, world: World) -> None:
        begun, waiting = world.person("begun"), world.person("waiting")
        for user in (begun, waiting):
            world.put("Favourites", userId=user, movieId="movie-1")
        restore(task_of(world))
        for user in (begun, waiting):
            world.delete("Favourites", userId=user, movieId="movie-1")
        world.put(SINGLE, pk="DELETIONS", sk=f"2026#{begun}", userId=begun, begunAt="2026-01-02")
        world.put(SINGLE, pk="DELETIONS", sk=f"2026#{waiting}", userId=waiting)

        restore(task_of(world, how="missing"))

        assert held(world, "Favourites") == {f"{waiting} movie-1"}

    def test_who_is_erased_while_rows_are_written_loses_them_again(
        self, world: World, capsys: pytest.CaptureFixture[str]
    ) -> None:
        ann, ben = world.person("ann"), world.person("ben")
        for user in (ann, ben):
            world.put("Favourites", userId=user, movieId="movie-1")
        restore(task_of(world))
        for user in (ann, ben):
            world.delete("Favourites", userId=user, movieId="movie-1")

        def erase(_question: str) -> bool:
            world.cognito.admin_delete_user(UserPoolId=world.pool, Username="ben")
            return True

        restore(task_of(world, how="missing", agree=erase))

        assert held(world, "Favourites") == {f"{ann} movie-1"}
        assert "1 of them were removed again" in capsys.readouterr().out

    def test_without_a_pool_nobody_can_tell_and_nothing_is_made_of_it(self, world: World) -> None:
        world.aws.client("ssm").delete_parameter(Name="/movierec/dev/auth/user-pool-id")

        with pytest.raises(Trouble, match="so nobody can tell whose accounts were erased"):
            restore(task_of(world, how="missing"))


class TestSingleTable:
    @pytest.fixture
    def ann(self, world: World) -> str:
        ann = world.person("ann")
        own = f"USER#{ann}"
        world.put(SINGLE, pk=own, sk="PROFILE", username="Ann.Old")
        world.put(SINGLE, pk="USERNAME#ann.old", sk="ACCOUNT", userId=ann, email="ann@example.org")
        world.put(SINGLE, pk=own, sk="STATS", totalXP=7)
        world.put(SINGLE, pk=own, sk="TITLE#movie-603", rating=4)
        world.put(SINGLE, pk=own, sk="FEEDBACK#movie-1", kind="not_interested", expiresAt=LATER)
        world.put(SINGLE, pk=own, sk="FEEDBACK#movie-2", kind="not_interested", expiresAt=1)
        for sk in ("SESSION#1", "REFRESH#1", "RECOVERY#1", "ENDED", "ENDED#2", "DELETION", "DEVICE#1", "ATTEMPTS"):
            world.put(SINGLE, pk=own, sk=sk)
        for pk in ("DELETIONS", "GONE#1", "EMAIL#ann@example.org", "LEASE#sync", "RATE#user#1", "JOB#sync_media#daily"):
            world.put(SINGLE, pk=pk, sk="ACCOUNT", userId=ann)
        restore(task_of(world, "data"))
        return ann

    def lose(self, world: World) -> None:
        for one in world.rows(SINGLE):
            world.dynamodb.delete_item(TableName=SINGLE, Key={name: one[name] for name in ("pk", "sk")})

    def test_what_people_told_comes_back_and_nothing_of_their_sign_ins(self, world: World, ann: str) -> None:
        self.lose(world)

        restore(task_of(world, "data", how="all"))

        own = f"USER#{ann}"
        assert held(world) == {
            f"{own} PROFILE",
            "USERNAME#ann.old ACCOUNT",
            f"{own} STATS",
            f"{own} TITLE#movie-603",
            f"{own} FEEDBACK#movie-1",
        }

    def test_a_username_that_was_given_up_is_not_taken_again(self, world: World, ann: str) -> None:
        world.put(SINGLE, pk=f"USER#{ann}", sk="PROFILE", username="Ann.New")
        world.delete(SINGLE, pk="USERNAME#ann.old", sk="ACCOUNT")
        world.put(SINGLE, pk="USERNAME#ann.new", sk="ACCOUNT", userId=ann)

        restore(task_of(world, "data", how="all"))

        assert "USERNAME#ann.old ACCOUNT" not in held(world)
        (profile,) = (one for one in world.rows(SINGLE) if one["sk"]["S"] == "PROFILE")
        assert profile["username"]["S"] == "Ann.New"


class TestOtherTables:
    def test_the_catalogue_belongs_to_nobody(self, world: World) -> None:
        world.put("MovieRecCache", mediaId="603", mediaType="movie")
        restore(task_of(world, "cache"))
        world.delete("MovieRecCache", mediaId="603", mediaType="movie")
        world.sent.clear()

        restore(task_of(world, "cache", how="missing"))

        assert len(world.rows("MovieRecCache")) == 1

    def test_a_neighbours_table_is_compared_and_not_written(
        self, world: World, capsys: pytest.CaptureFixture[str]
    ) -> None:
        world.put("Licenses", licenseKey="1")
        restore(task_of(world, "licenses"))
        world.delete("Licenses", licenseKey="1")

        restore(task_of(world, "licenses"))
        assert "1 are gone" in capsys.readouterr().out
        with pytest.raises(Trouble, match="belongs to a neighbouring system"):
            restore(task_of(world, "licenses", how="missing"))
        assert world.rows("Licenses") == []


def test_many_rows_are_read_in_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = world.person("ann")
    for number in range(12):
        world.put("Watchlist", userId=ann, movieId=f"movie-{number}", note="x" * 200_000)
    restore(task_of(world, "watchlist"))
    for number in range(0, 12, 2):
        world.delete("Watchlist", userId=ann, movieId=f"movie-{number}")
    world.sent.clear()

    restore(task_of(world, "watchlist", how="missing"))

    copy = order_of(world.aws.config, "watchlist").copy
    scans = [body["TableName"] for name, body in world.sent if name == "Scan"]
    assert scans.count(copy) > 2
    assert all(body["ConsistentRead"] for name, body in world.sent if name == "Scan")
    assert len({one["movieId"]["S"] for one in _all(world, "Watchlist")}) == 12


def _all(world: World, table: str) -> list[dict[str, Any]]:
    pages = world.dynamodb.get_paginator("scan").paginate(TableName=table)
    return [one for page in pages for one in page["Items"]]
