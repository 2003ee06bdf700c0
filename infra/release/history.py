"""The releases of an environment: which versions served together, which were asked, and who changes that just now.

All of it is one object in the deployment bucket. Every write names the state that it goes on from, and S3 refuses it
where there is another by then ("Conditional writes", Amazon S3 User Guide). So nobody writes over what somebody else
has done, and a command that was killed leaves what the next one needs to go on.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from infra import names
from infra.deployment.aws import Aws, AwsError, code_of, is_missing, sentence
from infra.deployment.telling import Trouble, say

KEY: Final = "releases/history.json"
# Begun before an alias moves; probed when the service was asked after that; left when a rollback went away from it.
BEGUN, PROBED, LEFT = "begun", "probed", "left"
PAIRS_KEPT: Final = 5
LOCK_MINUTES: Final = 30
_REFUSED: Final = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")


@dataclass(frozen=True, slots=True)
class Pair:
    """The versions of the two functions that serve together, and the mark of their package where it is known."""

    app: str
    jobs: str
    package: str = ""
    state: str = BEGUN

    def version(self, concern: str) -> str:
        """The version of one function."""
        return self.app if concern == "app" else self.jobs

    def is_same(self, other: Pair | None) -> bool:
        """Whether the other has the same versions, whatever became of it."""
        return other is not None and (self.app, self.jobs) == (other.app, other.jobs)

    def __str__(self) -> str:
        return f"version {self.app} (jobs {self.jobs})"


@dataclass(frozen=True, slots=True)
class Rollback:
    """A way back: which pair was left for which. It is `done` when both aliases moved and the service was asked."""

    left: Pair
    to: Pair
    when: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class Lock:
    """Who is at work; times are in UTC, as ISO 8601 says them."""

    what: str
    who: str
    host: str
    pid: int
    since: str
    until: str

    @property
    def holds(self) -> bool:
        """Whether it keeps others away: its time is not over, and its process has not ended on this machine."""
        return datetime.fromisoformat(self.until) > datetime.now(UTC) and not self._has_ended()

    def _has_ended(self) -> bool:
        if self.host != socket.gethostname():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False

    def renewed(self) -> Lock:
        """The same, for half an hour from now."""
        return replace(self, until=_in_words(datetime.now(UTC) + timedelta(minutes=LOCK_MINUTES)))

    def __str__(self) -> str:
        return f"a {self.what} by {self.who} on {self.host}, process {self.pid}, since {self.since}"


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of the releases, in the order in which they served, oldest first."""

    pairs: tuple[Pair, ...] = ()
    # The last one, until a release works.
    rollback: Rollback | None = None
    lock: Lock | None = None

    @property
    def good(self) -> Pair | None:
        """What serves, or has to where something was stopped half-way: it was asked. None before the first."""
        if self.rollback:
            return self.rollback.to
        return next((pair for pair in reversed(self.pairs) if pair.state == PROBED), None)

    @property
    def begun(self) -> Pair | None:
        """The release that was stopped before it was asked."""
        return next((pair for pair in self.pairs if pair.state == BEGUN), None)

    @property
    def earlier(self) -> Pair | None:
        """The probed pair before the good one."""
        probed = [pair for pair in self.pairs if pair.state == PROBED and not pair.is_same(self.good)]
        return probed[-1] if probed else None

    def of(self, version: str) -> Pair | None:
        """The newest pair with this version of the application that was asked once."""
        return next((pair for pair in reversed(self.pairs) if pair.app == version and pair.state != BEGUN), None)

    def beginning(self, new: Pair) -> Record:
        """With a release begun, in place of one that was begun before."""
        rest = self._without_begun().pairs
        if new.is_same(self.good):
            return replace(self, pairs=rest)
        return replace(self, pairs=(*(pair for pair in rest if not pair.is_same(new)), replace(new, state=BEGUN)))

    def given_up(self) -> Record:
        """Without the release that was begun."""
        return self._without_begun()

    def released(self, new: Pair) -> Record:
        """With a release that was asked."""
        rest = [pair for pair in self.arrived().pairs if not pair.is_same(new)]
        return replace(self, pairs=(*rest, replace(new, state=PROBED))[-PAIRS_KEPT:], rollback=None)

    def returning(self, to: Pair) -> Record:
        """With a rollback begun; one to the same pair that was begun before stays as it is."""
        if self.rollback and self.rollback.to.is_same(to):
            return replace(self, rollback=replace(self.rollback, done=False))
        left = self.begun or self.good or to
        return replace(self, rollback=Rollback(left, replace(to, state=PROBED), _in_words(datetime.now(UTC))))

    def arrived(self) -> Record:
        """With the rollback done, if there is one: what served after its goal is left."""
        if self.rollback is None:
            return self._without_begun()
        place = next(number for number, pair in enumerate(self.pairs) if pair.is_same(self.rollback.to))
        later = (replace(pair, state=LEFT) for pair in self.pairs[place + 1 :])
        pairs = (*self.pairs[:place], self.rollback.to, *later)
        return replace(self, pairs=pairs, rollback=replace(self.rollback, done=True))

    def stayed(self) -> Record:
        """Without the rollback, whose goal did not work."""
        return replace(self, rollback=None)

    def _without_begun(self) -> Record:
        return replace(self, pairs=tuple(pair for pair in self.pairs if pair.state != BEGUN))


class History:
    """The record as it was last read or written, and the way to write it."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._place = {"Bucket": names.bucket(aws.config, "deployment"), "Key": KEY}
        body, self._tag = self._read()
        self.record = self._parsed(body) if body else Record()
        self.mine: Lock | None = None

    @property
    def is_ours(self) -> bool:
        """Whether nobody else is at work, as far as it is known here: a lock whose time was over may be another's."""
        mine, found = self.mine, self.record.lock
        return mine is not None and found is not None and replace(found, until="") == replace(mine, until="")

    def write(self, record: Record) -> None:
        """Stores a record in place of the one that was read. Raises Trouble where that is not the newest any more."""
        lock = record.lock.renewed() if record.lock else None
        record = replace(record, lock=lock)
        body = json.dumps(asdict(record), indent=1).encode()
        condition = {"IfMatch": self._tag} if self._tag else {"IfNoneMatch": "*"}
        try:
            made = self._aws.client("s3").put_object(
                **self._place, Body=body, ContentType="application/json", **condition
            )
            self._tag = made["ETag"]
        except ClientError as error:
            if code_of(error) not in _REFUSED:
                raise
            found, self._tag = self._read()
            # The answer to the same write may have been lost, and the write been made again.
            if found != body:
                now = self._parsed(found) if found else Record()
                self.record = now
                raise Trouble(
                    f"Somebody else has changed what is noted of the releases of {self._aws.config.prefix} meanwhile"
                    f"{f' ({now.lock})' if now.lock else ''}. Nothing was written; run the same command again."
                ) from error
        self.record = record

    def _read(self) -> tuple[bytes, str]:
        try:
            found = self._aws.client("s3").get_object(**self._place)
        except ClientError as error:
            if is_missing(error):
                return b"", ""
            raise
        return found["Body"].read(), found["ETag"]

    def _parsed(self, body: bytes) -> Record:
        try:
            found = json.loads(body)
            back, lock = found["rollback"], found["lock"]
            return Record(
                pairs=tuple(Pair(**pair) for pair in found["pairs"]),
                rollback=Rollback(**back | {"left": Pair(**back["left"]), "to": Pair(**back["to"])}) if back else None,
                lock=Lock(**lock) if lock else None,
            )
        except (ValueError, KeyError, TypeError) as error:
            raise Trouble(
                f"s3://{self._place['Bucket']}/{KEY} is not what a release writes ({error}). S3 keeps its earlier "
                "versions for 30 days: bring one back. Without the object, what serves now counts as asked."
            ) from error


@contextmanager
def held(aws: Aws, what: str) -> Iterator[History]:
    """The history, with everybody else kept away. Raises Trouble that says who is at work, and until when at most."""
    history = History(aws)
    found = history.record.lock
    if found and found.holds:
        raise Trouble(
            f"Another command is under way on {aws.config.prefix}: {found}. Wait for its end. If it was stopped, it "
            f"keeps others away until {found.until} at most."
        )
    now = datetime.now(UTC)
    mine = Lock(what, _caller(aws), socket.gethostname(), os.getpid(), _in_words(now), _in_words(now))
    history.mine = mine
    history.write(replace(history.record, lock=mine))
    try:
        yield history
    finally:
        if history.is_ours:
            _let_go(history)


def _let_go(history: History) -> None:
    held_until = history.record.lock.until if history.record.lock else ""
    try:
        history.write(replace(history.record, lock=None))
    except (Trouble, *AwsError) as error:
        why = str(error) if isinstance(error, Trouble) else sentence(error)
        say(
            f"It could not be noted that this is over ({why}). Others are kept away until {held_until}; on this "
            "machine the next command may begin at once."
        )


def _caller(aws: Aws) -> str:
    """Whose credentials these are, without the account."""
    return str(aws.client("sts").get_caller_identity()["Arn"]).rsplit(":", maxsplit=1)[-1]


def _in_words(when: datetime) -> str:
    return when.isoformat(sep=" ", timespec="seconds")


def known_versions(record: Record, concern: str) -> set[str]:
    """The versions of a function that somebody may want to go back to."""
    pairs: tuple[Any, ...] = (*record.pairs, *((record.rollback.left, record.rollback.to) if record.rollback else ()))
    return {pair.version(concern) for pair in pairs}
