"""The resources and methods of the REST API, from the routes of the application.

Each path that the application serves has its methods, OPTIONS without authorisation, and ANY for the methods that it
does not have; what is not a path at all is caught by {proxy+}. So the application itself says 404 and 405, and the
gateway's own words are left for what it refuses itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from troposphere import AWSObject, GetAtt, Ref
from troposphere.apigateway import Authorizer, Integration, Method, Model, RequestValidator, Resource, RestApi

from infra.declared.routes import OPEN, ROUTES, TOKEN, Access, Route
from infra.stack import Stack, Value
from infra.stacks import _reasons
from infra.stacks.api import invoking, limits
from infra.stacks.api.titles import title_of

_REST_OF_PATHS: Final = "/{proxy+}"
_JSON: Final = "application/json"
# Of nothing but what the service asks of all bodies: the gateway has one sentence for all that a model refuses, and the
# application a better one for each field.
_OBJECT: Final = {"$schema": "http://json-schema.org/draft-04/schema#", "title": "Object", "type": "object"}


@dataclass(frozen=True, slots=True)
class _Guards:
    """What stands before methods: who may come in (None: everybody), and which bodies.

    `strict` looks into bodies, `lenient` does not: how the gateway takes a missing body is written nowhere, so that
    it is not asked where the application takes one.
    """

    authorizer: Authorizer | None
    model: Model
    strict: RequestValidator
    lenient: RequestValidator


@dataclass(slots=True)
class _Tree:
    """The API while it grows: its resources by their paths, and all that was added."""

    stack: Stack
    api: RestApi
    places: dict[str, Value] = field(default_factory=dict)
    added: list[AWSObject] = field(default_factory=list)

    def add(self, resource: Any) -> Any:
        self.added.append(self.stack.add(resource))
        return resource

    def place(self, path: str) -> Value:
        """The resource of a path, made with those above it where they are missing."""
        if path not in self.places:
            self.places[path] = GetAtt(self.api, "RootResourceId") if path == "/" else self._below(path)
        return self.places[path]

    def _below(self, path: str) -> Value:
        above, _, part = path.rpartition("/")
        parent = self.place(above or "/")
        return Ref(self.add(Resource(f"{title_of(path)}Path", ParentId=parent, PathPart=part, RestApiId=Ref(self.api))))


def add(stack: Stack, api: RestApi) -> list[AWSObject]:
    """The resources and methods of an API with their guards; answers all of them."""
    tree = _Tree(stack, api)
    guards = _add_guards(tree)
    for route in ROUTES:
        _add_route(tree, guards, route)
    served = {route.path for route in ROUTES}
    for path in [*(path for path in tree.places if path not in served), _REST_OF_PATHS]:
        _add_method(tree, guards, path, "ANY", OPEN)
    return tree.added


def _add_guards(tree: _Tree) -> _Guards:
    api = Ref(tree.api)
    return _Guards(
        authorizer=_add_authorizer(tree) if tree.stack.config.is_on("authorizer") else None,
        model=tree.add(
            Model("ObjectModel", RestApiId=api, Name="Object", ContentType="application/json", Schema=_OBJECT)
        ),
        strict=tree.add(_validator(api, "BodyValidator", bodies=True)),
        lenient=tree.add(_validator(api, "ParameterValidator", bodies=False)),
    )


def _validator(api: Ref, title: str, *, bodies: bool) -> RequestValidator:
    return RequestValidator(
        title, RestApiId=api, Name=title, ValidateRequestBody=bodies, ValidateRequestParameters=True
    )


def _add_authorizer(tree: _Tree) -> Authorizer:
    authorizer = Authorizer(
        "PoolAuthorizer",
        Name="people",
        RestApiId=Ref(tree.api),
        Type="COGNITO_USER_POOLS",
        IdentitySource="method.request.header.Authorization",
        ProviderARNs=[tree.stack.read("auth", "user-pool-arn")],
    )
    tree.add(authorizer)
    return authorizer


def _add_route(tree: _Tree, guards: _Guards, route: Route) -> None:
    for method, access in route.methods.items():
        checks = _checks(guards, route) if method == "POST" else {}
        _add_method(tree, guards, route.path, method, access, **checks)
    _add_method(tree, guards, route.path, "OPTIONS", OPEN)
    _add_method(tree, guards, route.path, "ANY", route.otherwise)


def _checks(guards: _Guards, route: Route) -> dict[str, Any]:
    """What is asked of the body of a POST; bodies of other types than JSON are the application's matter."""
    return {
        "RequestModels": {_JSON: Ref(guards.model)},
        "RequestValidatorId": Ref(guards.strict if route.needs_body else guards.lenient),
    }


def _add_method(tree: _Tree, guards: _Guards, path: str, method: str, access: Access, **checks: Any) -> None:
    made = Method(
        title_of(path) + method.capitalize(),
        RestApiId=Ref(tree.api),
        ResourceId=tree.place(path),
        HttpMethod=method,
        Integration=_integration(tree.stack),
        **_authorization(guards, access),
        **checks,
    )
    tree.add(made)
    if made.AuthorizationType == "NONE":
        tree.stack.suppress(made, _reasons.OPEN_METHOD)


def _authorization(guards: _Guards, access: Access) -> dict[str, Any]:
    if access is not TOKEN or guards.authorizer is None:
        return {"AuthorizationType": "NONE"}
    return {
        "AuthorizationType": "COGNITO_USER_POOLS",
        "AuthorizerId": Ref(guards.authorizer),
        "AuthorizationScopes": invoking.SCOPES,
    }


def _integration(stack: Stack) -> Integration:
    return Integration(
        Type="AWS_PROXY",
        IntegrationHttpMethod="POST",
        Uri=invoking.uri(stack),
        Credentials=invoking.role(stack),
        TimeoutInMillis=limits.ANSWER_MILLISECONDS,
    )
