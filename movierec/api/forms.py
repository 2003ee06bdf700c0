"""The forms of the browsable API: JSON to start from, or labelled inputs where people sign up and in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from rest_framework import serializers
from rest_framework.fields import empty

_METHODS: Final = ("POST", "PUT", "DELETE")

# The fields that get inputs, and what browsers and password managers are told about them.
_AUTOCOMPLETE: Final = {"email": "username", "password": "current-password", "code": "one-time-code"}


@dataclass(frozen=True, slots=True)
class Input:
    """One labelled input; what is left empty is not sent."""

    id: str
    name: str
    label: str
    kind: str
    help: str
    autocomplete: str
    required: bool


@dataclass(frozen=True, slots=True)
class Form:
    """What the page offers to send by one method: either `inputs`, or `body`, the JSON to start from."""

    id: str
    title: str
    method: str
    body: str = "{}"
    inputs: tuple[Input, ...] = ()

    @property
    def rows(self) -> int:
        """Lines of text that show the whole body, and room to add to it."""
        return min(24, self.body.count("\n") + 4)


def forms_of(view: Any, answer: Mapping[str, Any]) -> list[Form]:
    """A form for every method of the view that changes something, and for each body that it takes.

    `answer` is what the page shows; a form that replaces a part of it starts from that part.
    """
    return list(_forms(view, answer.get(view.replaced_member)))


def _forms(view: Any, replaced: Any) -> Iterator[Form]:
    bodies = [view.body_serializer, *view.other_bodies]
    for method in _METHODS:
        if method in view.allowed_methods:
            for number, body in enumerate(bodies, start=1):
                yield _form(f"{method.lower()}-{number}", method, body() if body else None, replaced)


def _form(identity: str, method: str, serializer: Any, replaced: Any) -> Form:
    if serializer is None:
        return Form(identity, method, method)
    if set(serializer.fields) <= _AUTOCOMPLETE.keys():
        inputs = tuple(_input(identity, field) for field in serializer.fields.values())
        return Form(identity, _title(serializer), method, "", inputs)
    body = starting_body(serializer) if replaced is None else replaced
    return Form(identity, method, method, orjson.dumps(body, option=orjson.OPT_INDENT_2).decode())


def _title(serializer: Any) -> str:
    """`SignUpSerializer` is "Sign up"."""
    words = re.findall("[A-Z][a-z]*", type(serializer).__name__.removesuffix("Serializer"))
    return " ".join(words).capitalize()


def _input(form: str, field: Any) -> Input:
    name = field.field_name
    return Input(
        id=f"{form}-{name}",
        name=name,
        label=field.label or name,
        kind=name if name in ("email", "password") else "text",
        help=str(field.help_text or ""),
        autocomplete=field.style.get("autocomplete", _AUTOCOMPLETE[name]),
        required=field.required,
    )


def starting_body(serializer: Any) -> dict[str, Any]:
    """JSON to start from: the serializer's documented example, else what has a default or must be given."""
    example = _documented_example(serializer)
    if example is not None:
        return example
    fields = [field for field in serializer.fields.values() if not field.read_only]
    values = {field.field_name: _starting_value(field) for field in fields}
    return {name: value for name, value in values.items() if value is not None}


def _documented_example(serializer: Any) -> dict[str, Any] | None:
    """The first example that `extend_schema_serializer` gave the serializer."""
    examples = getattr(type(serializer), "_spectacular_annotation", {}).get("examples", [])
    values = [example.value for example in examples if isinstance(example.value, Mapping)]
    return dict(values[0]) if values else None


def _starting_value(field: Any) -> Any:
    """A field's default, or what stands for its kind where it is required; None to leave it out."""
    if field.default is list or isinstance(field, serializers.ListField):
        return []
    if field.default is not empty and not callable(field.default):
        return field.default
    if not field.required:
        return None
    if isinstance(field, serializers.ChoiceField):
        return next(iter(field.choices))
    return 1 if isinstance(field, serializers.IntegerField) else ""
