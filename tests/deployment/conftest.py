"""A cloud on this machine for the deployment test: the embedded AWS, which enforces rights, and what deploys to it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[2]
EMULATOR = ROOT / ".venv-aws" / "bin" / "ministack"
REGION = "eu-north-1"
START_SECONDS = 30
COMMAND_SECONDS = 600


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        """The JSON of it."""
        return json.loads(self.content)


@dataclass
class Cloud:
    """The embedded AWS and the commands that deploy to it."""

    url: str
    folder: Path
    api: str = ""
    host: str = ""
    outputs: dict[str, str] = field(default_factory=dict)

    def client(self, service: str, region: str = REGION) -> Any:
        """A client with the rights of the account's owner."""
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}, read_timeout=320, s3={"addressing_style": "path"}),
        )

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """`python -m infra …` as an operator runs it."""
        surroundings = {name: os.environ[name] for name in ("HOME", "LANG", "PATH") if name in os.environ}
        surroundings |= {"AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        return subprocess.run(
            [sys.executable, "-m", "infra", *words],
            cwd=ROOT,
            env=surroundings | more,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )

    def call(self, method: str, path: str, body: Any = None, token: str = "", **headers: str) -> Answer:
        """A request through API Gateway."""
        # The embedded AWS has every API at its own address.
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Accept": "application/json", "Host": self.host, **more}
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        if token:
            sent["Authorization"] = f"Bearer {token}"
        request = Request(self.api + path, data=data, headers=sent, method=method)  # noqa: S310
        try:
            with urlopen(request, timeout=60) as response:  # noqa: S310
                return Answer(response.status, response.headers, response.read())
        except HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def invoke(self, function: str, event: Any) -> dict[str, Any]:
        """Calls the version of a function that serves; answers what it answered, or its error."""
        answer = self.client("lambda").invoke(FunctionName=function, Qualifier="live", Payload=json.dumps(event))
        content: dict[str, Any] = json.loads(answer["Payload"].read())
        return {"error": answer["FunctionError"], **content} if "FunctionError" in answer else content

    def serving(self, function: str) -> str:
        """The version of a function that serves."""
        return str(self.client("lambda").get_alias(FunctionName=function, Name="live")["FunctionVersion"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _must_answer(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = monotonic() + START_SECONDS
    while process.poll() is None and monotonic() < deadline:
        try:
            with urlopen(f"{url}/_ministack/health", timeout=1):  # noqa: S310
                return
        except URLError:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
    raise AssertionError(f"the embedded AWS did not start (exit code {process.poll()})")


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """An embedded AWS of this session's own, in which roles may do only what their policies say."""
    if not EMULATOR.exists():
        pytest.skip("the embedded AWS is not installed in .venv-aws: run `make dev`")
    folder = tmp_path_factory.mktemp("cloud")
    for name in ("state", "objects", "tmp"):
        (folder / name).mkdir()
    port = _free_port()
    surroundings = {name: os.environ[name] for name in ("HOME", "LANG", "PATH") if name in os.environ} | {
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "STATE_DIR": str(folder / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(folder / "objects"),
        # Every function leaves its unpacked code here.
        "TMPDIR": str(folder / "tmp"),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nowhere",
        "AUTH": "true",
    }
    url = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(EMULATOR)], env=surroundings, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        try:
            _must_answer(process, url)
            yield Cloud(url, folder)
        finally:
            # The functions' processes are its children and of its group.
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)
            shutil.rmtree(folder, ignore_errors=True)
