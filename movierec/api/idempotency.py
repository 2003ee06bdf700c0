"""`Idempotency-Key`: a POST that is sent again with its key is not done again but gets the answer of the first.

The first request with a key takes it by one conditional write; the write of any other fails and hands over what it
found there. An answer lies sealed, and only the request that got it, with its whole body, can open it again.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from time import time
from typing import Any

import orjson
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac
from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import PynamoDBConnectionError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from movierec.api.errors import ApiError, BadRequest, FieldErrors, is_outside_fault
from movierec.api.request_id import request_id
from movierec.api.throttling import caller_of
from movierec.dynamo.data_table import DataRow
from movierec.dynamo.table import Row
from movierec.sealing import keys, seal, unseal

logger = logging.getLogger(__name__)

HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotent-Replayed"
MAX_KEY_LENGTH = 255
KEPT_SECONDS = 24 * 3600
# No request runs as long; a key that is still taken then was left behind by a process that died.
RUN_SECONDS = 60
RETRY_AFTER_SECONDS = 5
# DynamoDB refuses items over 400 KB.
MAX_SEALED_LENGTH = 350 * 1024

_SORT_KEY = "ANSWER"
_CONDITION_FAILED = "ConditionalCheckFailedException"


class InvalidKey(FieldErrors):
    """400: the header is empty, too long, or holds what is not printable ASCII."""

    def __init__(self) -> None:
        message = f"Send 1 to {MAX_KEY_LENGTH} printable ASCII characters, such as a UUID, or leave the header out."
        super().__init__([(HEADER, message)])


class KeyReused(BadRequest):
    """400: the key came before with other parameters."""

    code = "IdempotencyKeyReused"

    def __init__(self) -> None:
        super().__init__(f"This {HEADER} was sent with another request; use a new one for each new request.")


class KeyInUse(ApiError):
    """409: the first request with this key is not answered yet."""

    status = 409
    code = "IdempotencyKeyInUse"

    def __init__(self) -> None:
        super().__init__(
            f"A request with this {HEADER} is still running; send it again shortly.",
            headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        )


class AnsweredBefore(Exception):
    """The request came before: `response` is what it got then."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class UsedKey(DataRow):
    """`IDEMPOTENCY#<hash>` / `ANSWER`: a key that is taken, and the sealed answer once there is one.

    `owner` names the run that took it. The hash in the row's name has no key of ours, so that processes that sign by
    different keys, as they do while SECRET_KEY changes, meet in one row. A random key of the client, as we ask for,
    keeps it from telling whose it is; with a guessable one it would tell that a caller sent something to an address,
    as the counters of the rate limits do. What was sent and answered is behind SECRET_KEY all the same.
    """

    fingerprint = UnicodeAttribute()
    owner = UnicodeAttribute()
    answer = UnicodeAttribute(null=True)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a request with a key is known by: its row, and a secret that only the same request yields again.

    `older` are the secrets that it yielded, or yields in other processes, by the other keys that open what is sealed.
    """

    pk: str
    secret: str
    older: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """What is stored of the secret: enough to tell another request from this one, too little to open the answer."""
        return _fingerprint(self.secret)

    @property
    def purpose(self) -> str:
        """What the answer is sealed for."""
        return _purpose(self.secret)

    def purpose_behind(self, fingerprint: str) -> str | None:
        """What the answer of a stored fingerprint is sealed for, by whichever key; None for another request's."""
        for secret in (self.secret, *self.older):
            if constant_time_compare(fingerprint, _fingerprint(secret)):
                return _purpose(secret)
        return None


def _fingerprint(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _purpose(secret: str) -> str:
    return f"idempotency.{secret}"


def identity_of(request: Request, key: str) -> Identity:
    """The identity of a request by its caller, address, query, type, raw body and key. Raises InvalidKey."""
    if not (0 < len(key) <= MAX_KEY_LENGTH and key.isascii() and key.isprintable()):
        raise InvalidKey
    pk = f"IDEMPOTENCY#{_hash('key', caller_of(request), request.method, request.path, key)}"
    query, content_type = (request.META.get(name, "") for name in ("QUERY_STRING", "CONTENT_TYPE"))
    # With the key itself, which no row holds, nobody can find out a body by trying what its fingerprint would be.
    sent = _hash("request", pk, key, query, content_type, request._request.body)
    secret, *older = (_keyed(sent, signing) for signing in keys())
    return Identity(pk, secret, tuple(older))


def _hash(salt: str, *parts: str | bytes | None) -> str:
    """A hash. One part may hold line feeds: with two, different parts could look alike."""
    lines = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    return hashlib.sha256(b"\n".join([f"movierec.idempotency.{salt}".encode(), *lines])).hexdigest()


def _keyed(text: str, signing: str) -> str:
    return salted_hmac("movierec.idempotency", text, secret=signing, algorithm="sha256").hexdigest()


class Run:
    """The one run of a request with a key; it ends with its answer kept or its key free again."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        owner = str(uuid.uuid4())
        self._row = UsedKey(identity.pk, _SORT_KEY, fingerprint=identity.fingerprint, owner=owner)
        # After RUN_SECONDS the key may be another run's.
        self._ours = UsedKey.owner == owner

    def begin(self) -> None:
        """Takes the key. Raises AnsweredBefore, KeyInUse or KeyReused where an earlier request has it."""
        self._row.expires_at = int(time()) + RUN_SECONDS
        earlier = _put_if_free(self._row)
        # Our own row was there before where the answer to the first try of this write was lost on its way.
        if earlier is None or earlier["owner"] == self._row.owner:
            return
        purpose = self._identity.purpose_behind(earlier["fingerprint"])
        if purpose is None:
            raise KeyReused
        if "answer" not in earlier:
            raise KeyInUse
        raise AnsweredBefore(_opened(purpose, earlier["answer"]))

    def end(self, response: HttpResponseBase) -> None:
        """Keeps the answer for repeats, or frees the key where the answer is not one to repeat."""
        sealed = _sealed(self._identity.purpose, response)
        if sealed is None:
            self.give_up()
            return
        self._row.answer = sealed
        self._row.expires_at = int(time()) + KEPT_SECONDS
        _write_late(lambda: self._row.save(condition=self._ours))

    def give_up(self) -> None:
        """Frees the key: the next request with it runs."""
        _write_late(lambda: self._row.delete(condition=self._ours))


def _put_if_free(row: UsedKey) -> Row | None:
    """Stores a row unless one that has not expired is there; answers that one, None when stored."""
    free = UsedKey.pk.does_not_exist() | (UsedKey.expires_at <= int(time()))
    found, stored = row.save_if(free)
    return None if stored else found


def _write_late(write: Callable[[], object]) -> None:
    """Writes after the work was done: the answer goes out even if DynamoDB fails, and the key frees itself later."""
    try:
        write()
    except PynamoDBConnectionError as error:
        if error.cause_response_code == _CONDITION_FAILED:
            return
        if not is_outside_fault(error):
            raise
        logger.warning("The end of a run with an %s was not stored (request %s): %s", HEADER, request_id(), error)


def _sealed(purpose: str, response: HttpResponseBase) -> str | None:
    """The answer as it is stored.

    None for what no repeat may get: a fault that passes, a cookie, which only a run sets, what is not JSON, and
    what is too large.
    """
    passing = response.status_code == 429 or response.status_code >= 500
    if passing or response.cookies or not isinstance(response, Response):
        return None
    parts = [response.status_code, dict(response.items()), response.data]
    answer = orjson.dumps(parts, option=orjson.OPT_NON_STR_KEYS)
    sealed = seal(purpose, zlib.compress(answer))
    return sealed if len(sealed) <= MAX_SEALED_LENGTH else None


def _opened(purpose: str, sealed: str) -> Response:
    status, headers, data = orjson.loads(zlib.decompress(unseal(purpose, sealed)))
    return Response(data, status=status, headers={**headers, REPLAYED_HEADER: "true"})


class OncePerKeyView(APIView):
    """A view whose `post` runs once for each `Idempotency-Key`, after the checks that every request meets."""

    _run: Run | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Frees the key where the run broke down without an answer."""
        try:
            return super().dispatch(request, *args, **kwargs)
        finally:
            if self._run:
                self._run.give_up()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """The framework's checks, then the key's."""
        key = request.headers.get(HEADER) if request.method == "POST" and hasattr(self, "post") else None
        if key is not None:
            # Read before the check of CSRF takes a form apart; after that the body is gone.
            _ = request._request.body
        super().initial(request, *args, **kwargs)
        if key is not None:
            run = Run(identity_of(request, key))
            run.begin()
            self._run = run

    def handle_exception(self, exc: Exception) -> Response:
        """The earlier answer, or the framework's answer to an error."""
        return exc.response if isinstance(exc, AnsweredBefore) else super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Keeps the answer as the handler gave it, before headers of this one request come on."""
        if self._run:
            self._run.end(response)
            self._run = None
        return super().finalize_response(request, response, *args, **kwargs)
