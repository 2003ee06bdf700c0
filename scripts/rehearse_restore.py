"""Rehearses a restore: loses rows of an environment in an embedded AWS of its own, and brings them back.

Run: .venv/bin/python scripts/rehearse_restore.py [--people 40] [--titles 25]

Each step is the command that an operator would run. One thing is not as on AWS: the embedded AWS keeps no history and
copies a table as it is at once, so it is asked for the copy at the moment itself, before the damage.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from infra import environments  # noqa: E402 -- the project's folder must be known first
from infra.__main__ import main as infra  # noqa: E402
from infra.deployment.aws import Aws  # noqa: E402
from infra.restoring import people  # noqa: E402
from movierec.localaws import LocalAwsError, ensure_running  # noqa: E402

ENV = "dev"
FAVOURITES = "Favourites"
Row = dict[str, Any]


class Failed(Exception):
    """What did not come out as it should; a sentence."""


def main(arguments: list[str]) -> int:
    """Rehearses; 0 where everything came back that should, and nothing else."""
    parser = argparse.ArgumentParser(prog="rehearse_restore", description="Rehearses a restore on an embedded AWS.")
    parser.add_argument("--people", type=int, default=40, help="how many people there are (at least 4)")
    parser.add_argument("--titles", type=int, default=25, help="how many favourites each has (at least 4)")
    options = parser.parse_args(arguments)
    # The embedded AWS ends after this process, and may save once more into the folder while that is removed.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            url = ensure_running(Path(folder), ROOT / ".venv-aws" / "bin" / "python").url
            os.environ["AWS_ENDPOINT_URL"] = url
            Rehearsal(options.people, options.titles).run()
        except (Failed, LocalAwsError) as error:
            sys.stderr.write(f"The rehearsal failed: {error}\n")
            return 1
    return 0


@contextmanager
def step(title: str) -> Iterator[None]:
    """Tells what is done, and how long it took."""
    print(f"\n== {title}", flush=True)
    begun = time.monotonic()
    yield
    print(f"== took {time.monotonic() - begun:.1f} s", flush=True)


class Rehearsal:
    """An environment, what its people keep, and what becomes of it."""

    def __init__(self, number: int, titles: int) -> None:
        self.aws = Aws(environments.load(ENV))
        self.dynamodb = self.aws.client("dynamodb")
        self.single = f"{self.aws.config.prefix}-data-table"
        self.number = number
        self.titles = titles
        self.ids: list[str] = []

    def run(self) -> None:
        """All steps."""
        with step("Tables and a user pool"), redirect_stdout(StringIO()):
            command("deploy", *chosen("security", "data", "auth"), "--yes", "--local")
        with step(f"{self.number} people with {self.titles} favourites each"):
            self.load()
        moment = f"{datetime.now(UTC).replace(microsecond=0):%Y-%m-%dT%H:%M:%SZ}"
        with step("The copies as of this moment (not real: on AWS they are made after the damage, of the history)"):
            self.restore("favourites", moment)
            self.restore("data", moment)
        before = self.rows(FAVOURITES), self.rows(self.single)
        with step("Damage: half the favourites and every rating gone, others spoiled, while life goes on"):
            self.damage()
        with step("Rows that are gone come back"):
            self.restore("favourites", moment, "--copy-back", "missing", "--yes")
            self.restore("data", moment, "--copy-back", "missing", "--yes")
            self.check_missing(*before)
        with step("Rows that were spoiled come back"):
            self.restore("favourites", moment, "--copy-back", "all", "--yes")
            self.check_spoiled(before[0])
        with step("A second time there is nothing to do, and the copies go"):
            unchanged = self.rows(FAVOURITES)
            self.restore("favourites", moment, "--copy-back", "all", "--drop", "--yes")
            self.restore("data", moment, "--drop", "--yes")
            must(self.rows(FAVOURITES) == unchanged, "a second run changed rows")
            left = [name for name in self.dynamodb.list_tables()["TableNames"] if "-restored-" in name]
            must(not left, f"{left} stayed")
        print("\nEverything came back that should, and nothing else.")

    def load(self) -> None:
        """People, and what they keep."""
        pool, cognito = people.pool_id(self.aws), self.aws.client("cognito-idp")
        for number in range(self.number):
            name = f"person-{number}@example.org"
            attributes = [{"Name": "email", "Value": name}]
            made = cognito.admin_create_user(UserPoolId=pool, Username=name, UserAttributes=attributes)["User"]
            self.ids.append(next(one["Value"] for one in made["Attributes"] if one["Name"] == "sub"))
        for number, user in enumerate(self.ids):
            for title in range(self.titles):
                self.put(FAVOURITES, userId=user, movieId=f"movie-{title}", addedAt=f"2026-01-{title % 28 + 1:02}")
            own = f"USER#{user}"
            self.put(self.single, pk=own, sk="PROFILE", username=f"Person{number}")
            self.put(self.single, pk=f"USERNAME#person{number}", sk="ACCOUNT", userId=user)
            self.put(self.single, pk=own, sk="TITLE#movie-1", rating="4")
            self.put(self.single, pk=own, sk="SESSION#1", device="a browser")

    def damage(self) -> None:
        """Rows are lost and spoiled; one person is erased, one signs out, one goes on adding."""
        for user in self.ids:
            for title in range(0, self.titles, 2):
                self.dynamodb.delete_item(TableName=FAVOURITES, Key=key(userId=user, movieId=f"movie-{title}"))
            self.dynamodb.delete_item(TableName=self.single, Key=key(pk=f"USER#{user}", sk="TITLE#movie-1"))
            self.put(FAVOURITES, userId=user, movieId="movie-1", addedAt="spoiled")
        self.erase(self.ids[0])
        self.dynamodb.delete_item(TableName=self.single, Key=key(pk=f"USER#{self.ids[1]}", sk="SESSION#1"))
        self.put(FAVOURITES, userId=self.ids[2], movieId="movie-new", addedAt="2026-06-01")

    def erase(self, user: str) -> None:
        """What an erasure does: rows, name and user go."""
        for title in range(self.titles):
            self.dynamodb.delete_item(TableName=FAVOURITES, Key=key(userId=user, movieId=f"movie-{title}"))
        for sk in ("PROFILE", "TITLE#movie-1", "SESSION#1"):
            self.dynamodb.delete_item(TableName=self.single, Key=key(pk=f"USER#{user}", sk=sk))
        self.dynamodb.delete_item(TableName=self.single, Key=key(pk="USERNAME#person0", sk="ACCOUNT"))
        pool = people.pool_id(self.aws)
        self.aws.client("cognito-idp").admin_delete_user(UserPoolId=pool, Username="person-0@example.org")

    def check_missing(self, favourites: dict[str, Row], single: dict[str, Row]) -> None:
        """Lost rows are back, what was written since stands, and the erased person and the ended session stay gone."""
        now = self.rows(FAVOURITES)
        erased, added = self.ids[0], f"{self.ids[2]} movie-new"
        must(set(now) == {one for one in favourites if erased not in one} | {added}, "the favourites are others")
        spoiled = f"{self.ids[1]} movie-1"
        must(now[spoiled]["addedAt"]["S"] == "spoiled", "a row that differs was written")
        lost = {one for one, row in single.items() if erased in str(row)} | {f"USER#{self.ids[1]} SESSION#1"}
        must(self.rows(self.single) == without(single, lost.__contains__), "the single table's rows are others")

    def check_spoiled(self, favourites: dict[str, Row]) -> None:
        """Everything is as it was, beside what was added and who was erased."""
        now = without(self.rows(FAVOURITES), lambda one: one.endswith("movie-new"))
        must(now == without(favourites, lambda one: self.ids[0] in one), "the favourites are not as they were")

    def restore(self, table: str, moment: str, *more: str) -> None:
        """The command of an operator."""
        command("restore", "--table", table, "--at", moment, "--local", *more)

    def put(self, table: str, **attributes: str) -> None:
        """A row of texts."""
        self.dynamodb.put_item(TableName=table, Item=key(**attributes))

    def rows(self, table: str) -> dict[str, Row]:
        """All rows of a table, by their keys in words."""
        names = ("userId", "movieId") if table == FAVOURITES else ("pk", "sk")
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=table)
        return {" ".join(row[name]["S"] for name in names): row for page in pages for row in page["Items"]}


def key(**attributes: str) -> Row:
    """Texts as DynamoDB takes them."""
    return {name: {"S": text} for name, text in attributes.items()}


def without(rows: dict[str, Row], unwanted: Callable[[str], bool]) -> dict[str, Row]:
    """The rows whose key is not unwanted."""
    return {one: row for one, row in rows.items() if not unwanted(one)}


def chosen(*stacks: str) -> list[str]:
    """The options that choose stacks."""
    return [word for stack in stacks for word in ("--stack", stack)]


def command(name: str, *words: str) -> None:
    """Runs a command of the infrastructure. Raises Failed where it does."""
    print(f"$ python -m infra {name} --env {ENV} {' '.join(words)}", flush=True)
    must(infra([name, "--env", ENV, *words]) == 0, f"the command {name} failed")


def must(holds: bool, complaint: str) -> None:
    """Raises Failed with the complaint where something does not hold."""
    if not holds:
        raise Failed(f"{complaint}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
