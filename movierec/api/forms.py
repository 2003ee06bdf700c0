"""The forms of the browsable API: JSON to start from, or labelled inputs where people manage their account."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import orjson
from rest_framework import serializers
from rest_framework.fields import empty

_METHODS: Final = ("POST", "PUT", "DELETE")


@dataclass(frozen=True, slots=True)
class Look:
    """How the field of a name looks, and what browsers are told about it; a field's `style` may differ in a part."""

    label: str
    kind: str
    autocomplete: str
    inputmode: str = ""


# The fields that get inputs.
_LOOKS: Final = {
    "email": Look("Email", "email", "username"),
    "username": Look("Username", "text", "username"),
    "password": Look("Password", "password", "current-password"),
    "oldPassword": Look("Current password", "password", "current-password"),
    "newPassword": Look("New password", "password", "new-password"),
    "code": Look("Code", "text", "one-time-code", "numeric"),
    "recoveryCode": Look("Recovery code", "text", "off"),
    "displayName": Look("Display name", "text", "nickname"),
    "restore": Look("Keep my account", "checkbox", "off"),
}


@dataclass(frozen=True, slots=True)
class Input:
    """One labelled input; what is left empty is not sent, or sent as null where there was something to take away."""

    id: str
    name: str
    look: Look
    help: str
    required: bool
    value: str
    clears: bool


@dataclass(frozen=True, slots=True)
class Form:
    """What the page offers to send by one method: `inputs`, or `body`, the JSON to start from, or a button alone."""

    id: str
    title: str
    method: str
    body: str | None = None
    inputs: tuple[Input, ...] = ()

    @property
    def rows(self) -> int:
        """Lines of text that show the whole body, and room to add to it."""
        return min(24, (self.body or "").count("\n") + 4)


def forms_of(view: Any, answer: Mapping[str, Any], asked: Container[str] = ()) -> list[Form]:
    """A form for every method of the view that changes something, and for each body that it takes.

    `answer` is what the page shows; a form that replaces a part of it starts from that part. `asked` names the
    boxes to tick that are worth showing; other people would only wonder about them.
    """
    return list(_forms(view, answer.get(view.replaced_member), asked))


def _forms(view: Any, replaced: Any, asked: Container[str]) -> Iterator[Form]:
    for method in _METHODS:
        if method in view.allowed_methods:
            bodies = [view.body_serializers.get(method, view.body_serializer), *view.other_bodies]
            for number, body in enumerate(bodies, start=1):
                identity = f"{method.lower()}-{number}"
                yield _form(identity, method, body(), replaced, asked) if body else _button(identity, method)


def _button(identity: str, method: str) -> Form:
    return Form(identity, f"Send {method}", method)


def _form(identity: str, method: str, serializer: Any, replaced: Any, asked: Container[str]) -> Form:
    if set(serializer.fields) <= _LOOKS.keys():
        fields = [field for field in serializer.fields.values() if _is_shown(field, asked)]
        inputs = tuple(_input(identity, field, replaced or {}) for field in fields)
        return Form(identity, _title(serializer), method, inputs=inputs)
    body = starting_body(serializer) if replaced is None else replaced
    return Form(identity, f"Send {method}", method, orjson.dumps(body, option=orjson.OPT_INDENT_2).decode())


def _is_shown(field: Any, asked: Container[str]) -> bool:
    return _LOOKS[field.field_name].kind != "checkbox" or field.required or field.field_name in asked


def _title(serializer: Any) -> str:
    """`SignUpSerializer` is "Sign up"."""
    words = re.findall("[A-Z][a-z]*", type(serializer).__name__.removesuffix("Serializer"))
    return " ".join(words).capitalize()


def _input(form: str, field: Any, replaced: Mapping[str, Any]) -> Input:
    name = field.field_name
    return Input(
        id=f"{form}-{name}",
        name=name,
        look=replace(_LOOKS[name], **field.style),
        help=str(field.help_text or ""),
        required=field.required,
        value=replaced.get(name) or "",
        clears=field.allow_null and name in replaced,
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
