"""What people read while something is deployed: plain words for CloudFormation's, one line for each thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

_DONE: Final = {
    "CREATE": ("is being made", "is made", "could not be made"),
    "UPDATE": ("is being changed", "is changed", "could not be changed"),
    "DELETE": ("is being removed", "is removed", "could not be removed"),
    "IMPORT": ("is being taken in", "is taken in", "could not be taken in"),
    "ROLLBACK": ("is being undone", "is undone", "could not be undone"),
    "UPDATE_ROLLBACK": ("is being put back", "is as before", "could not be put back"),
    "IMPORT_ROLLBACK": ("is being let go again", "is as before", "could not be let go again"),
}
_OTHERS: Final = {
    "DELETE_SKIPPED": "is kept",
    "REVIEW_IN_PROGRESS": "is planned and not made",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "is changed; what it replaced is being removed",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": "is as before; what was new is being removed",
}
_ENDS: Final = ("_IN_PROGRESS", "_COMPLETE", "_FAILED")


class Trouble(Exception):
    """What stops a deployment: a sentence that names the thing, and the remedy."""


def say(text: str = "") -> None:
    """A line for whoever waits, at once."""
    print(text, flush=True)


def status_words(status: str) -> str:
    """A status of CloudFormation in words, such as `is made`; one that is not known, as it is."""
    if status in _OTHERS:
        return _OTHERS[status]
    for words, end in enumerate(_ENDS):
        if status.endswith(end) and status.removesuffix(end) in _DONE:
            return _DONE[status.removesuffix(end)][words]
    return status


def kind_words(resource_type: str) -> str:
    """A resource type as people say it, such as `DynamoDB Table`."""
    return resource_type.removeprefix("AWS::").replace("::", " ")


def event_line(event: Mapping[str, Any]) -> str:
    """A stack event: when (UTC), what, how it is, and why where it failed."""
    when: datetime = event["Timestamp"]
    thing = f"{event['LogicalResourceId']} ({kind_words(event['ResourceType'])})"
    line = f"  {when:%H:%M:%S}  {thing} {status_words(event['ResourceStatus'])}"
    if event["ResourceStatus"].endswith("_FAILED"):
        line += f": {reason_of(event)}"
    return line


def reason_of(event: Mapping[str, Any]) -> str:
    """Why something failed, in one line, without the ids of the request."""
    words = " ".join(str(event.get("ResourceStatusReason") or "AWS gives no reason").split())
    return re.sub(r" \((Service: [^()]*|RequestToken: [^()]*|SDK Attempt Count: [^()]*)\)", "", words)


def listed(words: Iterable[str]) -> str:
    """Words as a list in a sentence: `a, b and c`."""
    known = list(words)
    return " and ".join([", ".join(known[:-1]), known[-1]]) if len(known) > 1 else "".join(known)
