"""Releases and rollbacks that are killed, stopped, or meet another one: what serves then, and after the next command.

The tests are one story in the order of this file; each goes on from what the ones before it left.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from botocore.awsrequest import AWSResponse

from infra import environments
from infra.declared import functions
from infra.deployment.aws import Aws
from infra.deployment.deploying import Task
from infra.deployment.telling import Trouble
from infra.release import history, lambdas, packaging, releasing, rolling_back
from infra.release.releasing import Plan
from tests.infra.release import tiny

pytestmark = pytest.mark.embedded

HALF = "import os\nPAGE = 200 if os.environ['AWS_LAMBDA_FUNCTION_NAME'] == 'release' else 500"
EXPIRED = (
    AWSResponse("", 403, {}, None),
    {"Error": {"Code": "ExpiredTokenException", "Message": "The security token is expired"}, "ResponseMetadata": {}},
)


@pytest.fixture(scope="module")
def aws(embedded_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    folder = tmp_path_factory.mktemp("story")
    static = folder / "static"
    static.mkdir()
    (static / tiny.STYLE).write_text("p {}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", embedded_url)
        patch.setattr(packaging, "STATIC", static)
        yield Aws(environments.load("dev", [f"domain=t{uuid4().hex[:12]}"]))


def release(aws: Aws, folder: Path, more: str, **options: Any) -> tuple[str, str]:
    plan = Plan(Task(aws, agree=lambda _question: True), package=tiny.packed(folder, "package", more=more), **options)
    done = releasing.release(plan)
    return done.versions["app"], done.versions["jobs"]


def again(aws: Aws, folder: Path, more: str) -> tuple[str, str]:
    return release(aws, folder, more, stacks=False)


def serving(aws: Aws) -> tuple[str, str]:
    found = [lambdas.serving(aws, one) for one in functions.functions(aws.config)]
    assert found[0] is not None
    assert found[1] is not None
    return found[0].version, found[1].version


def probed(aws: Aws) -> list[tuple[str, str]]:
    record = history.History(aws).record
    assert record.lock is None
    return [(pair.app, pair.jobs) for pair in record.pairs if pair.state == "probed"]


def on_call(aws: Aws, operation: str, number: int, do: Callable[[], Any], *, of_alias: bool = False) -> None:
    """Does something instead of a call of Lambda and of all later ones of its kind."""
    calls: list[None] = []

    def before(params: dict[str, Any], **_: Any) -> Any:
        if of_alias and params["query_string"].get("Qualifier") != "live":
            return None
        calls.append(None)
        return do() if len(calls) >= number else None

    aws.client("lambda").meta.events.register(f"before-call.lambda.{operation}", before)


def killed(aws: Aws, operation: str, number: int, work: Callable[[Aws], object], *, of_alias: bool = False) -> None:
    """Does the work in a process that is killed just before a call of Lambda."""

    def child() -> None:
        own = Aws(aws.config)
        on_call(own, operation, number, lambda: os.kill(os.getpid(), signal.SIGKILL), of_alias=of_alias)
        work(own)

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def test_a_release_that_was_killed_between_the_aliases_keeps_the_way_back(aws: Aws, tmp_path: Path) -> None:
    first = release(aws, tmp_path, "ONE = 1")
    killed(aws, "UpdateAlias", 2, lambda own: again(own, tmp_path, "TWO = 2"))
    torn = serving(aws)
    assert torn[0] != first[0]
    assert torn[1] == first[1]
    second = again(aws, tmp_path, "TWO = 2")
    assert serving(aws) == second == (torn[0], torn[0])
    assert probed(aws) == [first, second]
    assert rolling_back.roll_back(aws) == {"app": first[0], "jobs": first[1]}
    assert serving(aws) == first


def test_a_second_rollback_goes_nowhere(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    before = serving(aws)
    rolling_back.roll_back(aws)
    assert serving(aws) == before
    said = capsys.readouterr().out
    assert f"version {before[0]} (jobs {before[1]}) serves already: rolled back from version" in said
    assert 'OPTIONS="--to VERSION"' in said


def test_a_named_version_brings_both_functions(aws: Aws) -> None:
    first = serving(aws)
    (left,) = [pair for pair in history.History(aws).record.pairs if pair.state == "left"]
    assert rolling_back.roll_back(aws, left.app) == {"app": left.app, "jobs": left.jobs}
    assert serving(aws) == (left.app, left.jobs)
    assert probed(aws) == [first, (left.app, left.jobs)]


def test_a_rollback_that_was_killed_goes_on_to_the_same_pair(aws: Aws, tmp_path: Path) -> None:
    good = serving(aws)
    bad = again(aws, tmp_path, "THREE = 3")
    killed(aws, "UpdateAlias", 2, rolling_back.roll_back)
    assert serving(aws) == (good[0], bad[1])
    for _ in range(2):
        rolling_back.roll_back(aws)
        assert serving(aws) == good


def test_an_unprobed_version_is_no_way_back(aws: Aws, tmp_path: Path) -> None:
    good = serving(aws)
    killed(aws, "Invoke", 1, lambda own: again(own, tmp_path, HALF), of_alias=True)
    assert serving(aws)[0] != good[0]
    with pytest.raises(Trouble) as taken_back:
        again(aws, tmp_path, HALF)
    assert str(taken_back.value).splitlines()[1:] == [
        f"{aws.config.prefix}: version {good[0]} serves.",
        f"{aws.config.prefix}-jobs: version {good[1]} serves.",
        "That is what served before.",
    ]
    assert serving(aws) == good


def test_a_rollback_ends_a_release_that_was_killed(aws: Aws, tmp_path: Path) -> None:
    good = serving(aws)
    killed(aws, "Invoke", 1, lambda own: again(own, tmp_path, HALF), of_alias=True)
    for _ in range(2):
        assert rolling_back.roll_back(aws) == {"app": good[0], "jobs": good[1]}
        assert serving(aws) == good


def test_who_interrupts_while_the_service_is_asked_has_the_old_versions(
    aws: Aws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = serving(aws)

    def interrupt() -> None:
        raise KeyboardInterrupt

    own = Aws(aws.config)
    on_call(own, "Invoke", 1, interrupt, of_alias=True)
    with pytest.raises(KeyboardInterrupt):
        again(own, tmp_path, HALF)
    assert serving(aws) == good
    assert capsys.readouterr().out.endswith(f"-jobs: version {good[1]} serves.\nThat is what served before.\n")
    assert good in probed(aws)


def test_credentials_that_expire_between_the_aliases_are_told_with_the_way_out(aws: Aws, tmp_path: Path) -> None:
    good = serving(aws)
    own = Aws(aws.config)
    on_call(own, "UpdateAlias", 2, lambda: EXPIRED)
    with pytest.raises(Trouble) as stopped:
        again(own, tmp_path, HALF)
    lines = str(stopped.value).splitlines()
    assert [line.split(". ")[0] for line in lines] == [
        "The credentials for AWS have expired",
        f"{aws.config.prefix}: it is not sure that version {good[0]} serves",
        f"{aws.config.prefix}-jobs: version {good[1]} serves.",
        f"Run make rollback ENV=dev, which sees to it that version {good[0]} (jobs {good[1]}) serves, as before this "
        "release; or the same command again.",
    ]
    assert serving(aws)[0] != good[0]
    rolling_back.roll_back(aws)
    assert serving(aws) == good


def test_two_at_once_are_one(aws: Aws, tmp_path: Path) -> None:
    good = serving(aws)
    with history.held(aws, "release"):
        for work in (rolling_back.roll_back, lambda own: again(own, tmp_path, "FOUR = 4")):
            with pytest.raises(Trouble, match=r"^Another command is under way on t\w+-dev: a release by \S+ on"):
                work(aws)
    assert serving(aws) == good
    assert good in probed(aws)


def test_a_rollback_asks_both_functions_before_it_moves_any(aws: Aws) -> None:
    good = serving(aws)
    other = next(pair for pair in history.History(aws).record.pairs if (pair.app, pair.jobs) != good)
    own = Aws(aws.config)
    on_call(own, "Invoke", 3, lambda: EXPIRED)
    with pytest.raises(Trouble, match=r"does not work, so nothing was moved: The credentials for AWS have expired"):
        rolling_back.roll_back(own, other.app)
    assert serving(aws) == good
