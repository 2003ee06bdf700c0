"""Counts the calls to DynamoDB where botocore makes them: whoever asks, and each once, however often it is tried."""

from __future__ import annotations

from time import perf_counter
from typing import Any, Final

from movierec.telemetry.tally import count, milliseconds_since

_STARTED: Final = "movierec_started"
_THROTTLED: Final = frozenset({"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"})


def observe(events: Any) -> None:
    """Has the calls of a botocore client counted, by its `meta.events`: number, milliseconds and throttled tries."""
    events.register("before-call.dynamodb", _begin)
    events.register("after-call.dynamodb", _end)
    events.register("after-call-error.dynamodb", _end)
    events.register("needs-retry.dynamodb", _look_at_try)


def _begin(context: dict[str, Any], **_: Any) -> None:
    context[_STARTED] = perf_counter()


def _end(context: dict[str, Any], **_: Any) -> None:
    count("DynamoCalls")
    count("DynamoMilliseconds", milliseconds_since(context[_STARTED]))


def _look_at_try(response: tuple[Any, dict[str, Any]] | None, **_: Any) -> None:
    """Of every try, since one that is repeated with success leaves no trace in the call's end."""
    if response is not None and response[1].get("Error", {}).get("Code") in _THROTTLED:
        count("DynamoThrottles")
