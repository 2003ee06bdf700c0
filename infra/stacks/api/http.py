"""The HTTP API: a route for each method of the application, and $default, by which it says 404 and 405 itself.

OPTIONS has no route: it goes by $default as well, so that no authorizer stands before it.
"""

from __future__ import annotations

from typing import Any, Final

from troposphere import GetAtt, Ref, Sub
from troposphere.apigatewayv2 import (
    AccessLogSettings,
    Api,
    ApiMapping,
    Authorizer,
    DomainName,
    DomainNameConfiguration,
    Integration,
    JWTConfiguration,
    Route,
    RouteSettings,
    Stage,
)
from troposphere.certificatemanager import Certificate, DomainValidationOption

from infra.config import Config
from infra.declared.routes import ROUTES, TOKEN
from infra.stack import Stack, Value
from infra.stacks import _reasons, _records
from infra.stacks.api import access_log, cors, invoking, limits
from infra.stacks.api.outputs import Gateway
from infra.stacks.api.titles import title_of

# The stage that takes no part of the path.
STAGE: Final = "$default"


def add(stack: Stack) -> Gateway:
    """The API with all that belongs to it."""
    api = _api(stack.config)
    stack.add(api)
    stack.add(_integration(stack, api))
    authorizer = _add_authorizer(stack, api) if stack.config.is_on("authorizer") else None
    for path, method, access in [(route.path, *one) for route in ROUTES for one in route.methods.items()]:
        guard = authorizer if access is TOKEN else None
        _add_route(stack, title_of(path) + method.capitalize(), f"{method} {path}", guard)
    _add_route(stack, "Others", "$default", None)
    stage = _add_stage(stack, api)
    if stack.config.api_host:
        _add_domain(stack, api, stage)
    return Gateway("HttpApi", STAGE, "")


def _api(config: Config) -> Api:
    return Api(
        "HttpApi",
        Name=config.prefix,
        Description="MovieRec's API",
        ProtocolType="HTTP",
        CorsConfiguration=cors.configuration(config),
        IpAddressType="dualstack",
    )


def _integration(stack: Stack, api: Api) -> Integration:
    return Integration(
        "HttpIntegration",
        ApiId=Ref(api),
        IntegrationType="AWS_PROXY",
        IntegrationMethod="POST",
        IntegrationUri=invoking.uri(stack),
        CredentialsArn=invoking.role(stack),
        PayloadFormatVersion="2.0",
        TimeoutInMillis=limits.ANSWER_MILLISECONDS,
    )


def _add_authorizer(stack: Stack, api: Api) -> Authorizer:
    """Takes tokens of the pool and its clients: access tokens say whose they are in `client_id`."""
    pool = stack.read("auth", "user-pool-id")
    issuer = Sub("https://cognito-idp.${AWS::Region}.amazonaws.com/${Pool}", Pool=pool)
    authorizer = Authorizer(
        "TokenAuthorizer",
        Name="people",
        ApiId=Ref(api),
        AuthorizerType="JWT",
        IdentitySource=["$request.header.Authorization"],
        JwtConfiguration=JWTConfiguration(Issuer=issuer, Audience=_clients(stack)),
    )
    stack.add(authorizer)
    return authorizer


def _clients(stack: Stack) -> list[Value]:
    """The app clients; an imported pool has one that is known here."""
    created = ["api-client-id"] if stack.config.auth == "create" else []
    return [stack.read("auth", name) for name in ["user-pool-client-id", *created]]


def _add_route(stack: Stack, title: str, key: str, authorizer: Authorizer | None) -> None:
    route = Route(
        f"{title}Route",
        ApiId=Ref("HttpApi"),
        RouteKey=key,
        Target=Sub("integrations/${HttpIntegration}"),
        **_authorization(authorizer),
    )
    if authorizer is None:
        stack.suppress(route, _reasons.OPEN_METHOD)
    stack.add(route)


def _authorization(authorizer: Authorizer | None) -> dict[str, Any]:
    if authorizer is None:
        return {"AuthorizationType": "NONE"}
    return {
        "AuthorizationType": "JWT",
        "AuthorizerId": Ref(authorizer),
        "AuthorizationScopes": invoking.SCOPES,
    }


def _add_stage(stack: Stack, api: Api) -> Stage:
    """The stage; every change of a route is served at once."""
    stage = Stage(
        "HttpStage",
        ApiId=Ref(api),
        StageName=STAGE,
        AutoDeploy=True,
        AccessLogSettings=AccessLogSettings(
            DestinationArn=access_log.add(stack), Format=access_log.line(access_log.HTTP)
        ),
        DefaultRouteSettings=RouteSettings(
            DetailedMetricsEnabled=False,
            ThrottlingRateLimit=limits.REQUESTS_A_SECOND,
            ThrottlingBurstLimit=limits.BURST,
        ),
    )
    stack.add(stage)
    return stage


def _add_domain(stack: Stack, api: Api, stage: Stage) -> None:
    """The domain, with a certificate of its own: an HTTP API is not at the edges, where the site's is."""
    zone = _records.zone(stack)
    host = stack.config.api_host
    validation = DomainValidationOption(DomainName=host, HostedZoneId=zone)
    certificate = Certificate(
        "ApiCertificate", DomainName=host, ValidationMethod="DNS", DomainValidationOptions=[validation]
    )
    stack.add(certificate)
    place = DomainNameConfiguration(
        CertificateArn=Ref(certificate), EndpointType="REGIONAL", IpAddressType="dualstack", SecurityPolicy="TLS_1_2"
    )
    name = DomainName("HttpDomain", DomainName=host, DomainNameConfigurations=[place])
    stack.add(name)
    stack.add(ApiMapping("HttpMapping", ApiId=Ref(api), DomainName=Ref(name), Stage=Ref(stage)))
    door = _records.Target(GetAtt(name, "RegionalDomainName"), GetAtt(name, "RegionalHostedZoneId"))
    _records.add_aliases(stack, "Api", host, zone, door)
