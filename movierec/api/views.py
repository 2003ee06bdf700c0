"""The base of every endpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from movierec.api.authentication import Principal
from movierec.api.errors import FieldErrors
from movierec.api.idempotency import OncePerKeyView
from movierec.api.permissions import AllowAny
from movierec.api.throttling import Allowance, address_of, caller_of, count_request

S = TypeVar("S", bound="Serializer[Any]")


class ApiView(OncePerKeyView):
    """A view that counts its callers, validates by serializers, and shows its body's fields in the browsable API."""

    rate_scope: ClassVar[str | None] = None
    rate_by_address: ClassVar[bool] = False
    # Serializer of the body, shown as the starting text of the browsable API's form.
    body_serializer: ClassVar[type[Serializer[Any]] | None] = None
    # Serializers of the bodies by method, where methods take different ones; they go before body_serializer.
    body_serializers: ClassVar[Mapping[str, type[Serializer[Any]]]] = {}
    # The member of GET's answer that POST and PUT replace; the form starts from what it holds.
    replaced_member: ClassVar[str | None] = None
    # Other bodies that the same methods take; the browsable API has a form for each.
    other_bodies: ClassVar[Sequence[type[Serializer[Any]]]] = ()
    open_to_all: ClassVar[bool] = False
    # Unsafe methods that are served in read-only mode too, since they read, or let people in and out.
    served_read_only: ClassVar[Sequence[str]] = ()
    allowance: Allowance | None = None

    def get_permissions(self) -> Sequence[Any]:
        """Everyone for open endpoints, the signed-in for the rest."""
        return [AllowAny()] if self.open_to_all else super().get_permissions()

    def check_permissions(self, request: Request) -> None:
        """Who may, and whether anything may be stored now. Raises ReadOnlyNow, before the request is counted."""
        super().check_permissions(request)
        writes = request.method not in (*SAFE_METHODS, *self.served_read_only)
        if writes and request.method in self.allowed_methods:
            # What reads, as GET /health does, goes without it.
            from movierec.switches import require_writable  # noqa: PLC0415

            require_writable()

    def check_throttles(self, request: Request) -> None:
        """Counts the request in its scope; raises TooManyRequests beyond the limit."""
        if self.rate_scope and request.method != "OPTIONS":
            caller = address_of(request) if self.rate_by_address else caller_of(request)
            self.allowance = count_request(self.rate_scope, caller)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Adds the rate-limit headers."""
        final = super().finalize_response(request, response, *args, **kwargs)
        if self.allowance:
            for name, value in self.allowance.headers().items():
                final[name] = value
        return final

    def get_serializer(self, *args: Any, **kwargs: Any) -> Serializer[Any]:
        """An instance of the body's serializer, for the browsable API's form."""
        assert self.body_serializer is not None
        return self.body_serializer(*args, **kwargs)


def in_browser(request: Request) -> bool:
    """Whether the answer is a page for a person."""
    return bool(request.accepted_renderer.format == "api")


def user_id(request: Request) -> str:
    """The id of the person signed in; only for views that are not open to all."""
    assert isinstance(request.user, Principal)
    return request.user.user_id


def has_body(request: Request) -> bool:
    """Whether the request came with a body at all; an empty object is one."""
    return request.META.get("CONTENT_LENGTH") not in (None, "", "0")


def valid_body(serializer: type[S], request: Request) -> dict[str, Any]:
    """The validated body; raises ValidationError with the wrong fields."""
    return _validated(serializer, request.data)


def valid_query(serializer: type[S], request: Request) -> dict[str, Any]:
    """The validated query parameters; those the serializer does not know are ignored.

    Raises ValidationError with the wrong fields, and FieldErrors for a parameter that is given twice.
    """
    fields = serializer().fields
    known = {name: values for name, values in request.query_params.lists() if name in fields}
    repeated = [name for name, values in known.items() if len(values) > 1 and not is_list_field(fields[name])]
    if repeated:
        raise FieldErrors([(name, "Give this parameter once.") for name in repeated])
    return _validated(serializer, {name: ",".join(values) for name, values in known.items()})


def is_list_field(field: Any) -> bool:
    """Whether a query parameter may be repeated."""
    return bool(getattr(field, "takes_many", False))


def _validated(serializer: type[S], data: Any) -> dict[str, Any]:
    bound = serializer(data=data)
    bound.is_valid(raise_exception=True)
    return dict(bound.validated_data)
