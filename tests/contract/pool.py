"""A Cognito user pool for tests: the embedded AWS's, behind a server on loopback that mends what it gets wrong.

Real, answered by the embedded AWS: registering users, passwords and their policy, one-time codes and their
secrets, tokens with signatures and the pool's JWKS, UNCONFIRMED before the password, unknown users, mails.

Recorded, in `recorded/`, wherever the embedded AWS takes or does what a pool refuses. They are written after the
documented error codes and wire format of Cognito, not captured from a pool of ours:
- a mailed code other than the right one (123456 for a sign-up, 654321 for a reset), one that was never asked for,
  used or expired, and the confirmation of a confirmed user;
- mailing a code to a user in the wrong state (a reset code while unconfirmed, a sign-up code while confirmed);
- a one-time code used twice, and a challenge's session that is unknown or used;
- refresh and access tokens after RevokeToken and global sign-out, and a rotated refresh token used again.
Recorded as well, for tests that plan them: parameters that break the pool's rules, its locks and limits, a second
factor without a secret, and a pool that demands one.
Neither: `rotating` pools get their rotation from this server, which hands out refresh tokens of its own in place of
the embedded AWS's; and e-mail addresses find their user in any letter case, as in a pool.

Use it so, in a test marked `embedded`, with DynamoDB in memory (`tables` comes first: it makes DynamoDB's client,
which keeps its address, before the setting changes):

    @pytest.fixture(scope="session")
    def pool_aws(tmp_path_factory):
        with pool_server(tmp_path_factory.mktemp("pool")) as server:
            yield server

    @pytest.fixture
    def cognito(tables, settings, pool_aws):
        with cognito_identity(settings, pool_aws) as pool:
            yield pool

`pool_aws.code_mailed("ann@example.com", "reset")` is what the person finds in the newest mail, and
`pool_aws.answer_next("InitiateAuth", "too_many_requests")` has the next such call answered by that recording.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

import boto3
import pytest
import urllib3

from apps.accounts.directory import directory
from apps.accounts.providers import provider
from movierec.dynamo.connection import shared_connection
from movierec.localaws import locks

REPOSITORY = Path(__file__).resolve().parents[2]
AWS_PYTHON = REPOSITORY / ".venv-aws" / "bin" / "python"
RECORDED = Path(__file__).resolve().parent / "recorded"
REGION = "eu-north-1"
SIGN_UP_CODE = "123456"
RESET_CODE = "654321"
CODES = {"ConfirmSignUp": SIGN_UP_CODE, "ConfirmForgotPassword": RESET_CODE}
POLICY = {
    "MinimumLength": 8,
    "RequireUppercase": True,
    "RequireLowercase": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
}

USER_PROGRAM = """
import sys
from pathlib import Path
from movierec.localaws import ensure_running
print(ensure_running(Path(sys.argv[1]), Path(sys.argv[2])).url, flush=True)
sys.stdin.read()
"""

Body = dict[str, Any]
_http = urllib3.PoolManager(retries=False, timeout=10)


@dataclass(frozen=True)
class Answer:
    """What is sent back: a status, headers and the JSON."""

    status: int
    headers: dict[str, str]
    body: Body


@dataclass(frozen=True)
class Pool:
    """A user pool and its app client."""

    id: str
    client_id: str


def recorded(name: str) -> Answer:
    """The recording with this name."""
    return Answer(**json.loads((RECORDED / f"{name}.json").read_text("utf-8")))


class PoolServer:
    """The server in front of the embedded AWS.

    `endpoint` is its address; `operations` are the calls it got and `names` the users they named, in order.
    """

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.operations: list[str] = []
        self.names: list[str] = []
        self.aws = boto3.client(
            "cognito-idp",
            region_name=REGION,
            endpoint_url=upstream,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        self._pools: dict[str, str] = {}
        self._rotating: set[str] = set()
        self._planned: list[tuple[str, Answer]] = []
        self._spellings: dict[tuple[str, str], str] = {}
        self._reset_asked: set[tuple[str, str]] = set()
        self._expired: set[str] = set()
        self._sessions: set[str] = set()
        self._used_codes: set[tuple[str, str]] = set()
        self._signed_in: dict[str, set[str]] = {}
        self._revoked: set[str] = set()
        self._refresh_tokens: dict[str, str] = {}
        self._rotated: set[str] = set()
        self._lock = threading.RLock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._http.server_address[1]}"

    def new_pool(self, *, rotating: bool = False) -> Pool:
        """A pool as the templates make it: e-mail sign-in, optional TOTP, four classes, silent about users."""
        made = self.aws.create_user_pool(
            PoolName="tests",
            UsernameAttributes=["email"],
            AutoVerifiedAttributes=["email"],
            Policies={"PasswordPolicy": POLICY},
        )
        pool_id = made["UserPool"]["Id"]
        self.aws.set_user_pool_mfa_config(
            UserPoolId=pool_id, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
        )
        client = self.aws.create_user_pool_client(
            UserPoolId=pool_id,
            ClientName="web",
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
            PreventUserExistenceErrors="ENABLED",
            EnableTokenRevocation=True,
        )
        pool = Pool(pool_id, client["UserPoolClient"]["ClientId"])
        self._pools[pool.client_id] = pool.id
        if rotating:
            self._rotating.add(pool.client_id)
        return pool

    def code_mailed(self, email: str, purpose: Literal["sign-up", "reset"]) -> str:
        """The code in the newest mail of that purpose to an address. Raises AssertionError when there is none."""
        code = SIGN_UP_CODE if purpose == "sign-up" else RESET_CODE
        assert any(code in mail for mail in self.mails(email)), f"{email} was mailed no {purpose} code"
        return code

    def mails(self, email: str) -> list[str]:
        """The texts of the pool's mails to an address, in any letter case."""
        kept = self.fetch("/_ministack/ses/messages").body["messages"]
        sent = [mail for mails in kept.values() for mail in mails]
        return [mail["BodyText"] for mail in sent if email.casefold() in [to.casefold() for to in mail["To"]]]

    def expire_codes(self, email: str) -> None:
        """Makes the pool take the mailed codes of an address for too old, until it is asked for another."""
        self._expired.add(email.casefold())

    def answer_next(self, operation: str, name: str, times: int = 1) -> None:
        """Has the next calls of an operation answered by a recording."""
        self._planned += [(operation, recorded(name))] * times

    def begin(self) -> None:
        """Forgets what was planned and which calls came."""
        self._planned.clear()
        self.operations.clear()
        self.names.clear()

    def serve(self) -> None:
        """Answers until `stop`."""
        self._http.serve_forever(poll_interval=0.05)

    def stop(self) -> None:
        """Ends `serve` and closes the address."""
        self._http.shutdown()
        self._http.server_close()

    def answer(self, operation: str, body: Body) -> Answer:
        """The recorded answer that fits, else the embedded AWS's."""
        with self._lock:
            self.operations.append(operation)
            planned = next((entry for entry in self._planned if entry[0] == operation), None)
            if planned:
                self._planned.remove(planned)
                return planned[1]
            self._spell(body)
            judge = _JUDGES.get(operation)
            name = judge(self, operation, body) if judge else self._revoked_access(body)
            return recorded(name) if name else self._forwarded(operation, body)

    def fetch(self, path: str) -> Answer:
        """A document of the embedded AWS's, such as a pool's keys."""
        return _answer_of(_http.request("GET", f"{self.upstream}{path}"))

    def _forwarded(self, operation: str, body: Body) -> Answer:
        sent = {key: self._refresh_tokens.get(value, value) if key in _TOKENS else value for key, value in body.items()}
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}",
            "Authorization": f"AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/cognito-idp/aws4_request",
        }
        answer = _answer_of(_http.request("POST", self.upstream, body=json.dumps(sent), headers=headers))
        if answer.status == 200:
            self._note(operation, body, answer.body)
        return answer

    def _note(self, operation: str, body: Body, answer: Body) -> None:
        """Remembers what later calls depend on, and gives out refresh tokens that rotate."""
        if note := _NOTES.get(operation):
            note(self, body)
        if "Session" in answer:
            self._sessions.add(answer["Session"])
        if "AuthenticationResult" in answer:
            self._note_tokens(operation, body, answer["AuthenticationResult"])

    def _note_sign_up_code(self, body: Body) -> None:
        self._expired.discard(str(body["Username"]).casefold())

    def _note_reset_code(self, body: Body) -> None:
        self._note_sign_up_code(body)
        self._reset_asked.add(self._user_key(body))

    def _note_reset(self, body: Body) -> None:
        self._reset_asked.discard(self._user_key(body))

    def _note_revocation(self, body: Body) -> None:
        self._revoked.add(self._origin(body["Token"]))

    def _note_sign_out(self, body: Body) -> None:
        self._revoked |= self._signed_in.get(self._sub(body["UserPoolId"], body["Username"]), set())

    def _note_answer(self, body: Body) -> None:
        self._sessions.discard(body["Session"])
        self._used_codes.add(_code_key(body))

    def _note_tokens(self, operation: str, body: Body, tokens: Body) -> None:
        claims = _claims(tokens["AccessToken"])
        self._signed_in.setdefault(claims["sub"], set()).add(claims["origin_jti"])
        if body["ClientId"] not in self._rotating:
            return
        real = tokens.get("RefreshToken") or self._refresh_tokens[body["RefreshToken"]]
        tokens["RefreshToken"] = f"rotating-{uuid.uuid4()}"
        self._refresh_tokens[tokens["RefreshToken"]] = real
        if operation == "GetTokensFromRefreshToken":
            self._rotated.add(body["RefreshToken"])

    def _spell(self, body: Body) -> None:
        """Writes the address in a call as it was signed up with."""
        pool_id = self._pool_of(body)
        for place in (body, body.get("AuthParameters", {})):
            for key in ("Username", "USERNAME"):
                if key in place:
                    typed = str(place[key])
                    self.names.append(typed)
                    place[key] = self._spellings.setdefault((pool_id, typed.casefold()), typed)

    def _pool_of(self, body: Body) -> str:
        return str(body.get("UserPoolId") or self._pools.get(body.get("ClientId", ""), ""))

    def _user_key(self, body: Body) -> tuple[str, str]:
        return self._pool_of(body), str(body["Username"])

    def _user(self, pool_id: str, username: str) -> Body | None:
        try:
            found: Body = self.aws.admin_get_user(UserPoolId=pool_id, Username=username)
        except self.aws.exceptions.UserNotFoundException:
            return None
        return found

    def _sub(self, pool_id: str, username: str) -> str:
        user = self._user(pool_id, username)
        attributes = user["UserAttributes"] if user else []
        return next((str(entry["Value"]) for entry in attributes if entry["Name"] == "sub"), "")

    def _status(self, body: Body) -> str | None:
        user = self._user(*self._user_key(body))
        return str(user["UserStatus"]) if user else None

    def _origin(self, refresh_token: str) -> str:
        return str(_claims(self._refresh_tokens.get(refresh_token, refresh_token)).get("origin_jti"))

    # One judge for each operation that the embedded AWS is too lenient with: the recording to answer, or None.

    def _judge_confirmation(self, operation: str, body: Body) -> str | None:
        status = self._status(body)
        if status is None:
            return None
        if operation == "ConfirmSignUp" and status != "UNCONFIRMED":
            return "not_to_be_confirmed"
        asked = operation == "ConfirmSignUp" or self._user_key(body) in self._reset_asked
        if not asked or str(body["Username"]).casefold() in self._expired:
            return "code_expired"
        return None if body["ConfirmationCode"] == CODES[operation] else "code_mismatch"

    def _judge_mailing(self, operation: str, body: Body) -> str | None:
        status = self._status(body)
        if operation == "ForgotPassword":
            return "not_to_be_reset" if status == "UNCONFIRMED" else None
        return "already_confirmed" if status not in (None, "UNCONFIRMED") else None

    def _judge_answer(self, operation: str, body: Body) -> str | None:
        if body["ChallengeName"] != "MFA_SETUP" and body["Session"] not in self._sessions:
            return "session_invalid"
        return "code_used" if _code_key(body) in self._used_codes and _code_key(body)[1] else None

    def _judge_refresh(self, operation: str, body: Body) -> str | None:
        if body["RefreshToken"] in self._rotated:
            return "refresh_token_reused"
        return "refresh_token_revoked" if self._origin(body["RefreshToken"]) in self._revoked else None

    def _revoked_access(self, body: Body) -> str | None:
        token = body.get("AccessToken")
        return "access_token_revoked" if token and _claims(token).get("origin_jti") in self._revoked else None


_TOKENS = ("RefreshToken", "Token")
_NOTES = {
    "AdminUserGlobalSignOut": PoolServer._note_sign_out,
    "ConfirmForgotPassword": PoolServer._note_reset,
    "ForgotPassword": PoolServer._note_reset_code,
    "ResendConfirmationCode": PoolServer._note_sign_up_code,
    "RespondToAuthChallenge": PoolServer._note_answer,
    "RevokeToken": PoolServer._note_revocation,
    "SignUp": PoolServer._note_sign_up_code,
}
_JUDGES = {
    "ConfirmSignUp": PoolServer._judge_confirmation,
    "ConfirmForgotPassword": PoolServer._judge_confirmation,
    "ForgotPassword": PoolServer._judge_mailing,
    "ResendConfirmationCode": PoolServer._judge_mailing,
    "RespondToAuthChallenge": PoolServer._judge_answer,
    "GetTokensFromRefreshToken": PoolServer._judge_refresh,
}


def _code_key(body: Body) -> tuple[str, str]:
    responses = body["ChallengeResponses"]
    return str(responses["USERNAME"]), str(responses.get("SOFTWARE_TOKEN_MFA_CODE", ""))


def _claims(token: str) -> Body:
    """The content of a token, empty for a text that is none."""
    try:
        middle = token.split(".")[1]
        found: Body = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (IndexError, ValueError):
        return {}
    return found


def _answer_of(response: urllib3.BaseHTTPResponse) -> Answer:
    kept = {name: response.headers[name] for name in ("Content-Type", "x-amzn-errortype") if name in response.headers}
    return Answer(response.status, kept, json.loads(response.data or b"{}"))


def _handler(server: PoolServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # An answer is two writes, which must not wait for each other's acknowledgement.
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(server.answer(self.headers["X-Amz-Target"].rpartition(".")[2], body))

        def do_GET(self) -> None:
            self._answer(server.fetch(self.path))

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  (the base class's name)
            """Says nothing."""

        def _answer(self, answer: Answer) -> None:
            content = json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    return Handler


@contextmanager
def pool_server(state_dir: Path) -> Iterator[PoolServer]:
    """Runs an embedded AWS of its own and the server in front of it; skips the test where it is not installed."""
    if not AWS_PYTHON.exists():
        pytest.skip("the embedded AWS is not installed in .venv-aws: run `make dev`")
    with _embedded_aws(state_dir) as upstream:
        server = PoolServer(upstream)
        thread = threading.Thread(target=server.serve, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.stop()
            thread.join()
            server.aws.close()


@contextmanager
def _embedded_aws(state_dir: Path) -> Iterator[str]:
    """The embedded AWS for as long as a process of ours uses it; it has stopped when the block ends."""
    with subprocess.Popen(
        [sys.executable, "-c", USER_PROGRAM, str(state_dir), str(AWS_PYTHON)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as user:
        assert user.stdin is not None
        assert user.stdout is not None
        try:
            yield user.stdout.readline().strip()
        finally:
            user.stdin.close()
            user.wait(timeout=20)
    os.close(locks.wait_alone(state_dir / "aws" / "running.lock"))


@contextmanager
def cognito_identity(settings: Any, server: PoolServer, *, rotating: bool = False) -> Iterator[Pool]:
    """Makes a new pool the project's identity provider; DynamoDB stays where it is."""
    shared_connection()
    server.begin()
    pool = server.new_pool(rotating=rotating)
    settings.AWS_ENDPOINT_URL = server.endpoint
    settings.COGNITO_USER_POOL_ID = pool.id
    settings.COGNITO_CLIENT_IDS = (pool.client_id,)
    settings.IDENTITY_PROVIDER = "cognito"
    provider.cache_clear()
    directory.cache_clear()
    yield pool
    provider.cache_clear()
    directory.cache_clear()
