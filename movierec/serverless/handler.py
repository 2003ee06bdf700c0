"""What AWS Lambda calls. Zappa packs and deploys the function; requests do not go through Zappa's handler."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from django.urls import get_resolver

from movierec import env

# Zappa writes this module into the package; its variables must be there before settings are read.
env.take_over(import_module("zappa_settings").ENVIRONMENT_VARIABLES)

from movierec.serverless import commands, requests, responses, wsgi_call  # noqa: E402
from movierec.wsgi import application  # noqa: E402

_NEITHER: Final = 'is no request of a gateway; commands are {"manage": "command and its options"}.'

# Lambda gives a process that starts more of a processor than a request, so the views are loaded now.
_ = get_resolver().url_patterns


class UnknownEvent(ValueError):
    """Neither a request nor a command; the message has the event's keys or its type, and no values."""


def lambda_handler(event: object, context: object) -> Any:
    """Answers a gateway's request, or runs `{"manage": "line"}` or `{"command": "module.function"}`.

    Raises UnknownEvent for anything else, and what a command raises when it fails.
    """
    if not isinstance(event, Mapping):
        raise UnknownEvent(f"The event, of type {type(event).__name__}, {_NEITHER}")
    if requests.is_request(event):
        call = requests.call_of(event)
        return responses.response_of(call, wsgi_call.asked(application, call, context))
    # Without a word in it there is no command to look for.
    if isinstance(event.get("manage"), str) and event["manage"].split():
        return commands.run(event["manage"], context)
    # With text in it: Zappa's handler goes on to other members of an event, and executes one of them as Python.
    if isinstance(event.get("command"), str) and event["command"]:
        # Not imported for requests, which it would delay by a twentieth of a cold start.
        return import_module("zappa.handler").lambda_handler(event, context)
    raise UnknownEvent(f"The event with {', '.join(sorted(map(str, event))) or 'no members'} {_NEITHER}")
