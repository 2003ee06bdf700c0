"""The REST API of the stack `api`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from infra.declared.routes import OPEN, ROUTES, TOKEN
from infra.environments import load
from infra.stacks import api
from infra.stacks.api import cors, methods, refusals, rest
from movierec.api import errors, middleware

Template = Callable[..., dict[str, Any]]
Resources = dict[str, Any]
ALIAS: Final = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:movierec-prod:live"
INVOKE: Final = (
    f"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/{ALIAS}/invocations"
)
PEOPLE: Final = {
    "AuthorizationType": "COGNITO_USER_POOLS",
    "AuthorizerId": {"Ref": "PoolAuthorizer"},
    "AuthorizationScopes": ["aws.cognito.signin.user.admin"],
}
EVERYBODY: Final = {"AuthorizationType": "NONE"}


def _of(template: dict[str, Any], kind: str) -> Resources:
    """The properties of the resources of a type, by their titles."""
    found = template["Resources"].items()
    return {title: body["Properties"] for title, body in found if body["Type"] == f"AWS::ApiGateway::{kind}"}


def _only(template: dict[str, Any], kind: str) -> Any:
    (found,) = _of(template, kind).values()
    return found


def _paths(template: dict[str, Any]) -> dict[str, str]:
    """The paths of the resources, by their titles."""
    resources = _of(template, "Resource")

    def path(title: str) -> str:
        parent = resources[title]["ParentId"]
        above = path(parent["Ref"]) if "Ref" in parent else ""
        return f"{above}/{resources[title]['PathPart']}"

    return {title: path(title) for title in resources}


def _methods(template: dict[str, Any]) -> dict[tuple[str, str], Any]:
    """The properties of the methods, by path and method."""
    paths = _paths(template)
    found = _of(template, "Method").values()
    return {(paths.get(one["ResourceId"].get("Ref"), "/"), one["HttpMethod"]): one for one in found}


def _authorization(method: Any) -> dict[str, Any]:
    return {name: value for name, value in method.items() if name.startswith("Authoriz")}


def test_every_route_is_there_with_its_authorisation_and_nothing_else(template: Template) -> None:
    found = _methods(template("api"))
    expected = {(route.path, method): access for route in ROUTES for method, access in route.methods.items()}
    expected |= {(route.path, "OPTIONS"): OPEN for route in ROUTES}
    expected |= {(route.path, "ANY"): route.otherwise for route in ROUTES}
    between = ["/.well-known", "/auth", "/auth/mfa", "/media/person", "/media/{media_type}", "/user/stats"]
    expected |= {(path, "ANY"): OPEN for path in [*between, "/{proxy+}"]}
    assert found.keys() == expected.keys()
    for key, access in expected.items():
        assert _authorization(found[key]) == (PEOPLE if access is TOKEN else EVERYBODY), key


@pytest.mark.parametrize(
    ("path", "closed", "opened"),
    [
        ("/auth/signin", "", "POST"),
        ("/auth/signup", "", "POST"),
        ("/auth/refresh", "", "POST"),
        ("/user/preferences", "GET POST PUT", "OPTIONS"),
        ("/user/favourites", "GET POST DELETE", "OPTIONS"),
        ("/user/watchlist", "GET POST DELETE", "OPTIONS"),
        ("/user/stats/{action}", "GET POST", "OPTIONS"),
        ("/recommendations", "GET POST", "HEAD OPTIONS"),
        ("/media", "", "GET OPTIONS"),
        ("/health", "", "GET OPTIONS"),
    ],
)
def test_the_methods_that_clients_know(template: Template, path: str, closed: str, opened: str) -> None:
    found = _methods(template("api"))
    assert [_authorization(found[path, method]) for method in closed.split()] == [PEOPLE] * len(closed.split())
    assert [_authorization(found[path, method]) for method in opened.split()] == [EVERYBODY] * len(opened.split())


def test_the_authorizer_takes_tokens_of_the_pool_from_the_header(template: Template) -> None:
    made = template("api")
    assert _only(made, "Authorizer") == {
        "Name": "people",
        "RestApiId": {"Ref": "RestApi"},
        "Type": "COGNITO_USER_POOLS",
        "IdentitySource": "method.request.header.Authorization",
        "ProviderARNs": [{"Ref": "AuthUserPoolArn"}],
    }
    assert made["Parameters"]["AuthUserPoolArn"] == {
        "Type": "AWS::SSM::Parameter::Value<String>",
        "Default": "/movierec/prod/auth/user-pool-arn",
    }


def test_with_the_authorizer_off_every_method_is_open_and_says_why(template: Template) -> None:
    made = template("api", env="dev", authorizer="off")
    assert _of(made, "Authorizer") == {}
    assert [one for one in _of(made, "Method").values() if _authorization(one) != EVERYBODY] == []
    skipped = {
        rule["id"]
        for body in made["Resources"].values()
        if body["Type"] == "AWS::ApiGateway::Method"
        for rule in body["Metadata"]["checkov"]["skip"]
    }
    assert "CKV_AWS_59" in skipped


def test_every_method_calls_the_alias_by_the_role_and_waits_no_longer_than_the_gateway(template: Template) -> None:
    found = _of(template("api"), "Method").values()
    assert len(found) == 173
    expected = {
        "Type": "AWS_PROXY",
        "IntegrationHttpMethod": "POST",
        "Uri": {"Fn::Sub": INVOKE},
        "Credentials": {"Ref": "ComputeApiInvokeRoleArn"},
        "TimeoutInMillis": 29_000,
    }
    assert [one for one in found if one["Integration"] != expected] == []


def test_every_post_has_a_model_and_bodies_are_looked_into_where_the_application_needs_one(template: Template) -> None:
    made = template("api")
    assert json.loads(_only(made, "Model")["Schema"]) == {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": "Object",
        "type": "object",
    }
    bodies = {title: one["ValidateRequestBody"] for title, one in _of(made, "RequestValidator").items()}
    assert bodies == {"BodyValidator": True, "ParameterValidator": False}
    found = _methods(made)
    for route in ROUTES:
        for method in {*route.methods, "OPTIONS", "ANY"}:
            one = found[route.path, method]
            checks = {name: one[name] for name in ("RequestModels", "RequestValidatorId") if name in one}
            validator = "BodyValidator" if route.needs_body else "ParameterValidator"
            models = {"application/json": {"Ref": "ObjectModel"}}
            asked = {"RequestModels": models, "RequestValidatorId": {"Ref": validator}}
            assert checks == (asked if method == "POST" else {}), (route.path, method)


def test_the_api_takes_bytes_and_packs_answers(template: Template) -> None:
    made = _only(template("api"), "RestApi")
    assert made["MinimumCompressionSize"] == 1024
    assert "*/*" not in made["BinaryMediaTypes"]
    assert "application/json" not in made["BinaryMediaTypes"]
    assert {"image/png", "application/octet-stream"} <= set(made["BinaryMediaTypes"])
    assert "Body" not in made
    assert not made.get("DisableExecuteApiEndpoint")


def test_an_api_is_where_the_certificate_of_its_domain_is(template: Template) -> None:
    edge = {"Types": ["EDGE"], "IpAddressType": "dualstack"}
    made = template("api")
    assert _only(made, "RestApi")["EndpointConfiguration"] == edge
    assert _only(made, "DomainName")["EndpointConfiguration"] == edge
    alone = template("api", env="dev")
    assert _only(alone, "RestApi")["EndpointConfiguration"] == {"Types": ["REGIONAL"], "IpAddressType": "dualstack"}
    assert _of(alone, "DomainName") == _of(alone, "BasePathMapping") == {}
    assert "HostedZoneId" not in alone["Parameters"]


def test_the_domain_leads_to_the_stage(template: Template) -> None:
    made = template("api")
    domain = _only(made, "DomainName")
    assert domain["DomainName"] == "api.movierec.net"
    assert domain["SecurityPolicy"] == "TLS_1_2"
    assert domain["CertificateArn"] == {"Ref": "DnsApiCertificateArn"}
    mapping = {"DomainName": {"Ref": "RestDomain"}, "RestApiId": {"Ref": "RestApi"}, "Stage": {"Ref": "RestStage"}}
    assert _only(made, "BasePathMapping") == mapping
    assert made["Parameters"]["HostedZoneId"]["Type"] == "AWS::Route53::HostedZone::Id"
    records = [one["Properties"] for one in made["Resources"].values() if one["Type"] == "AWS::Route53::RecordSet"]
    assert sorted(record["Type"] for record in records) == ["A", "AAAA"]
    for record in records:
        assert record["Name"] == "api.movierec.net"
        assert record["HostedZoneId"] == {"Ref": "HostedZoneId"}
        assert record["AliasTarget"]["DNSName"] == {"Fn::GetAtt": ["RestDomain", "DistributionDomainName"]}
        assert record["AliasTarget"]["HostedZoneId"] == {"Fn::GetAtt": ["RestDomain", "DistributionHostedZoneId"]}


@pytest.mark.parametrize(("env", "tracing"), [("dev", False), ("prod", True)])
def test_the_stage_has_limits_and_logs_and_no_cache(template: Template, env: str, tracing: bool) -> None:
    made = template("api", env=env)
    stage = _only(made, "Stage")
    assert stage["StageName"] == "prod"
    assert stage["TracingEnabled"] is tracing
    assert stage["MethodSettings"] == [
        {
            "HttpMethod": "*",
            "ResourcePath": "/*",
            "LoggingLevel": "ERROR",
            "DataTraceEnabled": False,
            "MetricsEnabled": False,
            "CachingEnabled": False,
            "ThrottlingRateLimit": 100,
            "ThrottlingBurstLimit": 200,
        }
    ]
    assert stage["AccessLogSetting"]["DestinationArn"] == {"Fn::GetAtt": ["AccessLog", "Arn"]}
    assert sorted(made["Resources"]["RestStage"]["DependsOn"]) == ["ExecutionLog", "GatewayAccount"]


def test_the_access_log_has_the_request_and_not_the_person(template: Template) -> None:
    line = json.loads(_only(template("api"), "Stage")["AccessLogSetting"]["Format"])
    assert line["requestId"] == "$context.requestId"
    assert line["route"] == "$context.resourcePath"
    told = " ".join(line.values())
    assert not re.search(r"identity|querystring|[^e]path\b|authorizer|userAgent|domainName", told, re.IGNORECASE)


@pytest.mark.parametrize(("env", "days"), [("dev", 7), ("prod", 7)])
def test_every_log_group_forgets(template: Template, env: str, days: int) -> None:
    made = template("api", env=env)["Resources"]
    groups = {title: one["Properties"] for title, one in made.items() if one["Type"] == "AWS::Logs::LogGroup"}
    assert {title: group["LogGroupName"] for title, group in groups.items()} == {
        "AccessLog": f"/aws/vendedlogs/movierec-{env}-api",
        "ExecutionLog": {"Fn::Sub": "API-Gateway-Execution-Logs_${RestApi}/prod"},
    }
    assert [group["RetentionInDays"] for group in groups.values()] == [days, days]
    assert [("KmsKeyId" in group) for group in groups.values()] == [env == "prod"] * 2


def test_the_gateway_may_write_logs(template: Template) -> None:
    made = template("api")
    assert _only(made, "Account") == {"CloudWatchRoleArn": {"Fn::GetAtt": ["LogsRole", "Arn"]}}
    role = made["Resources"]["LogsRole"]["Properties"]
    assert role["RoleName"] == "movierec-prod-api-logs"
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "apigateway.amazonaws.com"}


def test_the_usage_plan_has_a_rate_and_a_quota(template: Template) -> None:
    plan = _only(template("api"), "UsagePlan")
    assert plan["ApiStages"] == [{"ApiId": {"Ref": "RestApi"}, "Stage": {"Ref": "RestStage"}}]
    assert plan["Throttle"] == {"RateLimit": 20, "BurstLimit": 40}
    assert plan["Quota"] == {"Limit": 1_000_000, "Period": "MONTH"}


def test_the_firewall_stands_before_the_stage_where_it_is_on(template: Template) -> None:
    kind = "AWS::WAFv2::WebACLAssociation"
    (firewall,) = [one for one in template("api")["Resources"].values() if one["Type"] == kind]
    assert firewall["Properties"] == {
        "ResourceArn": {
            "Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${RestApi}/stages/${RestStage}"
        },
        "WebACLArn": {"Ref": "SecurityWebAclArn"},
    }
    without = template("api", waf="off")
    assert [one for one in without["Resources"].values() if one["Type"] == kind] == []
    assert "SecurityWebAclArn" not in without["Parameters"]


# What the gateway answers itself.


def _answers(template: dict[str, Any]) -> Iterator[tuple[str, Any, dict[str, str], dict[str, str]]]:
    """Kind, status, headers and body of each answer."""
    for one in _of(template, "GatewayResponse").values():
        headers = {name.removeprefix("gatewayresponse.header."): to for name, to in one["ResponseParameters"].items()}
        body = json.loads(one["ResponseTemplates"]["application/json"])
        yield one["ResponseType"], one.get("StatusCode"), headers, body


def test_the_answers_of_the_gateway_have_the_shape_of_all_errors(template: Template) -> None:
    answers = list(_answers(template("api")))
    assert {kind: status for kind, status, _, _ in answers} == {
        "UNAUTHORIZED": "401",
        "EXPIRED_TOKEN": "401",
        "ACCESS_DENIED": "403",
        "BAD_REQUEST_BODY": "400",
        "MISSING_AUTHENTICATION_TOKEN": "404",
        "RESOURCE_NOT_FOUND": "404",
        "REQUEST_TOO_LARGE": "413",
        "THROTTLED": "429",
        "QUOTA_EXCEEDED": "429",
        "INTEGRATION_FAILURE": "503",
        "INTEGRATION_TIMEOUT": "503",
        "DEFAULT_4XX": None,
        "DEFAULT_5XX": None,
        "WAF_FILTERED": "403",
    }
    for kind, status, _, body in answers:
        assert body.keys() == {"error", "message", "code", "requestId", "timestamp"}, kind
        assert body["requestId"] == "$context.requestId"
        assert body["timestamp"] == "$context.requestTime"
        assert body["message"] == ("Unauthorized" if status == "401" else body["error"])


def test_what_the_firewall_stops_is_forbidden_in_the_services_words(template: Template) -> None:
    (stopped,) = [body for kind, _, _, body in _answers(template("api")) if kind == "WAF_FILTERED"]

    assert (stopped["code"], stopped["error"]) == (errors.Forbidden.code, "This request is not allowed.")
    assert "WAF_FILTERED" not in [kind for kind, *_ in _answers(template("api", waf="off"))]


def test_only_pages_of_the_site_may_read_them(template: Template) -> None:
    for env, origin in (("prod", "https://movierec.net"), ("dev", "http://localhost:3000")):
        assert origin in load(env).web_origins
        for kind, status, headers, _ in _answers(template("api", env=env)):
            assert headers["Access-Control-Allow-Origin"] == f"'{origin}'", kind
            assert headers["Access-Control-Allow-Credentials"] == "'true'"
            assert headers["Vary"] == "'Origin'"
            assert headers["X-Request-Id"] == "context.requestId"
            assert ("Retry-After" in headers) is (status in ("429", "503")), kind
            assert ("WWW-Authenticate" in headers) is (status == "401"), kind


def test_a_site_that_is_not_on_the_allow_list_is_not_allowed_either(template: Template) -> None:
    origins = "https://app.movierec.net,http://localhost:3000"
    for _, _, headers, _ in _answers(template("api", web_origins=origins)):
        assert headers["Access-Control-Allow-Origin"] == "'https://app.movierec.net'"


def test_the_gateway_says_what_the_application_says() -> None:
    said = {one.kind: (one.status, one.code, one.sentence) for one in refusals.REFUSALS}
    applications = {
        "DEFAULT_5XX": errors.InternalError(),
        "INTEGRATION_TIMEOUT": errors.Unavailable(),
        "REQUEST_TOO_LARGE": errors.too_large(),
    }
    for kind, error in applications.items():
        assert said[kind][1:] == (error.code, error.sentence), kind
    assert said["UNAUTHORIZED"] == (401, errors.Unauthorized.code, "Authentication failed")
    assert said["BAD_REQUEST_BODY"] == (400, "InvalidJson", "Invalid JSON in request body")
    assert said["MISSING_AUTHENTICATION_TOKEN"][1] == errors.NotFound.code
    assert said["THROTTLED"][1] == errors.TooManyRequests.code
    assert said["ACCESS_DENIED"][1] == errors.Forbidden.code


def test_the_gateway_tells_browsers_what_the_application_tells_them(settings: Any) -> None:
    assert cors.ALLOWED_HEADERS == middleware.ALLOWED_HEADERS
    assert cors.ALLOWED_METHODS == middleware.ALLOWED_METHODS
    assert cors.EXPOSED_HEADERS == middleware.EXPOSED_HEADERS
    assert cors.MAX_AGE_SECONDS == settings.CORS_MAX_AGE_SECONDS


# What is deployed.


def _deployment(template: dict[str, Any]) -> tuple[str, list[str]]:
    (title,) = _of(template, "Deployment")
    return title, template["Resources"][title]["DependsOn"]


def test_a_deployment_waits_for_all_that_it_publishes(template: Template) -> None:
    made = template("api")
    title, waits = _deployment(made)
    assert _only(made, "Stage")["DeploymentId"] == {"Ref": title}
    kinds = ("Method", "Resource", "Model", "RequestValidator", "Authorizer", "GatewayResponse")
    assert sorted(waits) == sorted(name for kind in kinds for name in _of(made, kind))


def test_a_deployment_has_another_name_when_its_content_differs_and_only_then(
    template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, _ = _deployment(template("api"))
    assert _deployment(template("api"))[0] == before
    assert _deployment(template("api", log_days="30", cmk="off"))[0] == before
    # The answer to what the firewall stops is deployed, too.
    assert _deployment(template("api", waf="off"))[0] != before
    monkeypatch.setattr(rest, "PACK_FROM_BYTES", 2048)
    packed, _ = _deployment(template("api"))
    monkeypatch.setattr(methods, "ROUTES", ROUTES[:-1])
    assert len({before, packed, _deployment(template("api"))[0]}) == 3


def test_the_template_fits_into_cloudformation() -> None:
    made = api.build(load("prod")).finish().to_dict()
    assert len(made["Resources"]) < 300
    assert len(json.dumps(made, separators=(",", ":"))) < 300_000
