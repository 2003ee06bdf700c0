"""One emulator for all who name a directory, for as long as any of them lives, and nothing stored is lost."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from movierec.localaws import LocalAwsError, ensure_running

pytestmark = pytest.mark.embedded

REPOSITORY = Path(__file__).resolve().parents[3]
AWS_PYTHON = REPOSITORY / ".venv-aws" / "bin" / "python"

USER_PROGRAM = """
import sys
import time
from pathlib import Path
from movierec.localaws import ensure_running
print(ensure_running(Path(sys.argv[1]), Path(sys.argv[2])).url, flush=True)
sys.stdin.read()
"""


@dataclass
class User:
    """A process that uses the embedded AWS until its standard input closes."""

    process: subprocess.Popen[str]

    def url(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(timeout=20) == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=20)


@pytest.fixture
def aws_python() -> Path:
    if not AWS_PYTHON.exists():
        pytest.skip("the embedded AWS is not installed in .venv-aws: run `make dev`")
    return AWS_PYTHON


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def start_user(state_dir: Path, aws_python: Path) -> Iterator[Callable[[], User]]:
    """Starts processes that use the embedded AWS of `state_dir`; all have ended, and it too, after the test."""
    users: list[User] = []

    def start() -> User:
        process = subprocess.Popen(
            [sys.executable, "-c", USER_PROGRAM, str(state_dir), str(aws_python)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        users.append(User(process))
        return users[-1]

    yield start
    for user in users:
        user.kill()
        for pipe in (user.process.stdin, user.process.stdout):
            assert pipe is not None
            pipe.close()
    wait_until_stopped(state_dir)


def wait_until_stopped(state_dir: Path) -> None:
    """Wait for the lock that guard and emulator hold while they live."""
    with (state_dir / "aws" / "running.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)


def process_numbers(state_dir: Path) -> dict[str, int]:
    found: dict[str, int] = json.loads((state_dir / "aws" / "endpoint.json").read_text())
    return found


def table_client(url: str) -> Any:
    return boto3.client(
        "dynamodb",
        region_name="eu-north-1",
        endpoint_url=url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def wait_for(path: Path) -> None:
    """Wait until a file appears; fails after ten seconds."""
    deadline = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not appear"
        os.sched_yield()


StartUser = Callable[[], User]


def make_table(client: Any) -> None:
    client.create_table(
        TableName="Things",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )


def put(client: Any, name: str) -> None:
    client.put_item(TableName="Things", Item={"id": {"S": name}})


def stored(client: Any) -> list[str]:
    return sorted(item["id"]["S"] for item in client.scan(TableName="Things")["Items"])


def test_second_process_shares_the_first_ones_emulator(start_user: StartUser, state_dir: Path) -> None:
    first, second = start_user(), start_user()
    url = first.url()
    assert second.url() == url
    make_table(table_client(url))
    first.end()
    assert table_client(url).list_tables()["TableNames"] == ["Things"]
    second.end()
    wait_until_stopped(state_dir)
    assert not (state_dir / "aws" / "endpoint.json").exists()
    with pytest.raises(EndpointConnectionError):
        table_client(url).list_tables()


def test_processes_that_start_at_once_get_one_emulator(start_user: StartUser) -> None:
    users = [start_user() for _ in range(4)]
    assert len({user.url() for user in users}) == 1


def test_it_listens_on_this_machine_alone_and_its_folders_are_private(start_user: StartUser, state_dir: Path) -> None:
    assert start_user().url().startswith("http://127.0.0.1:")
    for folder in (state_dir, state_dir / "aws", state_dir / "aws" / "state"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_is_stored_is_there_at_the_next_start(start_user: StartUser, state_dir: Path) -> None:
    user = start_user()
    url = user.url()
    client = table_client(url)
    make_table(client)
    put(client, "ñ日本🎬")
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "eu-north-1"}
    objects = boto3.client("s3", endpoint_url=url, **keys)
    objects.create_bucket(Bucket="things", CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
    objects.put_object(Bucket="things", Key="å/b.txt", Body=b"content")
    user.end()

    url = start_user().url()
    assert stored(table_client(url)) == ["ñ日本🎬"]
    objects = boto3.client("s3", endpoint_url=url, **keys)
    assert objects.get_object(Bucket="things", Key="å/b.txt")["Body"].read() == b"content"


def test_nothing_is_lost_when_the_process_that_uses_it_is_killed(start_user: StartUser) -> None:
    user = start_user()
    client = table_client(user.url())
    make_table(client)
    put(client, "before the kill")
    user.kill()

    assert stored(table_client(start_user().url())) == ["before the kill"]


def test_nothing_is_lost_when_the_guard_is_killed(start_user: StartUser, state_dir: Path) -> None:
    client = table_client(start_user().url())
    make_table(client)
    put(client, "before the kill")
    os.kill(process_numbers(state_dir)["guard"], signal.SIGKILL)

    assert stored(table_client(start_user().url())) == ["before the kill"]


def test_what_was_saved_survives_a_kill_of_the_emulator_itself(start_user: StartUser, state_dir: Path) -> None:
    user = start_user()
    make_table(table_client(user.url()))
    wait_for(state_dir / "aws" / "state" / "dynamodb.json")
    os.kill(process_numbers(state_dir)["emulator"], signal.SIGKILL)
    user.end()
    wait_until_stopped(state_dir)

    assert table_client(start_user().url()).list_tables()["TableNames"] == ["Things"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[1, 2]",
        '{"__ministack_format__": 2, "payl',
        '{"__ministack_format__": 2, "payload": "text"}',
        '{"__ministack_format__": 99, "payload": {}}',
    ],
)
def test_state_that_cannot_be_read_is_refused_and_kept(state_dir: Path, aws_python: Path, content: str) -> None:
    path = state_dir / "aws" / "state" / "dynamodb.json"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    with pytest.raises(LocalAwsError) as refused:
        ensure_running(state_dir, aws_python)
    assert str(refused.value) == (
        f"The stored data in {path} cannot be read: put a good copy of that file back, "
        f"or move the folder {state_dir / 'aws'} away to start empty."
    )
    assert path.read_text() == content
    wait_until_stopped(state_dir)


def test_an_interpreter_without_the_emulator_is_told(state_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(LocalAwsError, match=r"not installed at .*/bin/python: run `make setup` first"):
        ensure_running(state_dir, tmp_path / "bin" / "python")


def test_an_emulator_that_fails_is_quoted(state_dir: Path, tmp_path: Path) -> None:
    failing = tmp_path / "python"
    failing.write_text("#!/bin/sh\necho 'it is broken' >&2\nexit 7\n")
    failing.chmod(0o700)
    with pytest.raises(LocalAwsError, match=r"\(code 7\); .*/aws/log ends with: it is broken"):
        ensure_running(state_dir, failing)
    wait_until_stopped(state_dir)
