"""The outputs of an environment in the three forms that people and programs read."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from typing import Final

FORMS: Final = ("text", "env", "json")
Outputs = Mapping[str, Mapping[str, str]]


def shown(outputs: Outputs, form: str) -> str:
    """The outputs by stack as text, as shell lines such as AUTH_USER_POOL_ID=…, or as JSON; without a last newline."""
    if form == "json":
        return json.dumps(outputs, indent=2, sort_keys=True)
    lines = [(stack, name, value) for stack, values in outputs.items() for name, value in sorted(values.items())]
    if form == "env":
        return "\n".join(f"{_variable(stack, name)}={shlex.quote(value)}" for stack, name, value in lines)
    width = max((len(f"{stack} {name}") for stack, name, _ in lines), default=0)
    return "\n".join(f"{f'{stack} {name}':{width}}  {value}" for stack, name, value in lines)


def _variable(stack: str, name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return f"{stack}_{words}".replace("-", "_").upper()
