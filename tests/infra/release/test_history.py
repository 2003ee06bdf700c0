from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing import get_context
from typing import Any

import moto
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.config import Config
from infra.deployment.aws import Aws
from infra.deployment.telling import Trouble
from infra.release.history import KEY, History, Lock, Pair, Record, held

ONE, TWO, THREE = (Pair(number, number, state="probed") for number in "123")
LOCK = Lock("release", "user/ada", "elsewhere", 1, "2000-01-01 00:00:00+00:00", "2999-01-01 00:00:00+00:00")


@pytest.fixture
def aws(config: Config, nobody: None) -> Iterator[Aws]:
    with moto.mock_aws():
        found = Aws(config)
        found.client("s3").create_bucket(
            Bucket=f"{config.prefix}-deployment", CreateBucketConfiguration={"LocationConstraint": config.region}
        )
        yield found


def states(record: Record) -> list[tuple[str, str]]:
    return [(pair.app, pair.state) for pair in record.pairs]


def test_a_release_is_good_when_it_was_asked() -> None:
    begun = Record((ONE,)).beginning(TWO)
    assert (states(begun), begun.good) == ([("1", "probed"), ("2", "begun")], ONE)
    assert begun.beginning(THREE).released(THREE).pairs == (ONE, THREE)
    assert begun.given_up().pairs == (ONE,)
    assert begun.beginning(ONE).pairs == (ONE,)


def test_a_rollback_is_one_and_a_release_after_it_leaves_what_it_left() -> None:
    start = Record((ONE, TWO, THREE))
    assert start.earlier == TWO
    going = start.returning(TWO)
    assert (going.good, states(going)[2]) == (TWO, ("3", "probed"))
    assert going.stayed() == start
    back = going.arrived()
    assert states(back) == [("1", "probed"), ("2", "probed"), ("3", "left")]
    assert back.rollback
    assert back.rollback.done
    assert back.good == TWO
    four = Pair("4", "4")
    after = back.beginning(four).released(four)
    assert states(after) == [("1", "probed"), ("2", "probed"), ("3", "left"), ("4", "probed")]
    assert after.earlier == TWO
    # What was left may be released again.
    assert states(back.beginning(THREE))[-1] == ("3", "begun")
    assert back.beginning(THREE).good == TWO


@given(st.lists(st.tuples(st.sampled_from(["begin", "ask", "fail", "back", "arrive"]), st.integers(1, 6)), max_size=30))
def test_what_is_good_was_asked_whatever_happens(events: list[tuple[str, int]]) -> None:
    record, asked = Record((ONE,)), {"1"}
    for event, number in events:
        new = Pair(str(number), str(number))
        if event == "begin":
            record = record.beginning(new)
        elif event == "ask" and record.begun:
            asked.add(record.begun.app)
            record = record.released(record.begun)
        elif event == "fail":
            record = record.given_up()
        elif event == "back" and record.of(new.app):
            record = record.returning(record.of(new.app) or new)
        elif event == "arrive":
            record = record.arrived()
        assert record.good
        assert record.good.app in asked
        assert len({pair.app for pair in record.pairs}) == len(record.pairs) <= 7


def test_a_write_on_an_older_state_is_refused(aws: Aws) -> None:
    first, second = History(aws), History(aws)
    first.write(Record((ONE,)))
    with pytest.raises(Trouble, match=r"^Somebody else has changed what is noted of the releases of t\w+-dev"):
        second.write(Record((TWO,)))
    first.write(Record((ONE, TWO)).returning(ONE))
    assert History(aws).record == first.record


def test_a_write_whose_answer_was_lost_is_no_stranger(aws: Aws) -> None:
    first = History(aws)
    first.write(Record((ONE,)))
    late = History(aws)
    first.write(Record((TWO,)))
    late.write(Record((TWO,)))
    late.write(Record((THREE,)))
    assert History(aws).record.pairs == (THREE,)


@pytest.mark.parametrize("body", ["", "[]", "{", '{"pairs": [{}], "rollback": null, "lock": null}', '{"pairs": []}'])
def test_an_object_of_somebody_else_is_not_believed(aws: Aws, body: str) -> None:
    aws.client("s3").put_object(Bucket=f"{aws.config.prefix}-deployment", Key=KEY, Body=body or " ")
    with pytest.raises(Trouble, match=r"is not what a release writes"):
        History(aws)


def test_the_second_is_told_who_is_at_work_and_until_when(aws: Aws) -> None:
    History(aws).write(Record())
    place = {"Bucket": f"{aws.config.prefix}-deployment", "Key": KEY}
    found = json.loads(aws.client("s3").get_object(**place)["Body"].read())
    found["lock"] = {name: getattr(LOCK, name) for name in ("what", "who", "host", "pid", "since", "until")}
    aws.client("s3").put_object(**place, Body=json.dumps(found))
    with pytest.raises(Trouble) as refused, held(aws, "rollback"):
        pass
    assert str(refused.value) == (
        f"Another command is under way on {aws.config.prefix}: a release by user/ada on elsewhere, process 1, since "
        "2000-01-01 00:00:00+00:00. Wait for its end. If it was stopped, it keeps others away until "
        "2999-01-01 00:00:00+00:00 at most."
    )


def ended() -> int:
    process: Any = get_context("fork").Process(target=int)
    process.start()
    process.join()
    return int(process.pid)


def test_a_lock_ends_with_its_time_or_with_its_process_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "here")
    assert LOCK.holds
    assert not replace(LOCK, until="2001-01-01 00:00:00+00:00").holds
    assert replace(LOCK, pid=ended()).holds
    assert not replace(LOCK, host="here", pid=ended()).holds
    assert replace(LOCK, host="here", pid=1).holds


def test_whose_lock_was_taken_over_leaves_it(aws: Aws) -> None:
    with held(aws, "release") as mine:
        other = History(aws)
        other.write(replace(other.record, lock=LOCK))
        with pytest.raises(Trouble, match=r"meanwhile \(a release by user/ada on elsewhere"):
            mine.write(mine.record)
        assert not mine.is_ours
    lock = History(aws).record.lock
    assert lock
    assert lock.who == "user/ada"
