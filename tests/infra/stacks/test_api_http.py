"""The HTTP API of the stack `api`, and what both kinds of API tell others."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import pytest

from infra.declared.routes import ROUTES, TOKEN
from infra.declared.tables import TABLES
from infra.environments import load
from infra.stacks.api import cors
from tests.infra.reading import of_type, only, published

Template = Callable[..., dict[str, Any]]
ALIAS: Final = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:movierec-prod:live"
INVOKE: Final = (
    f"arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/{ALIAS}/invocations"
)
PEOPLE: Final = {
    "AuthorizationType": "JWT",
    "AuthorizerId": {"Ref": "TokenAuthorizer"},
    "AuthorizationScopes": ["aws.cognito.signin.user.admin"],
}
EVERYBODY: Final = {"AuthorizationType": "NONE"}
KINDS: Final = ("rest", "http")


def _routes(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """How routes are guarded, by their keys."""
    bodies = [body["Properties"] for body in of_type(template, "AWS::ApiGatewayV2::Route").values()]
    return {
        body["RouteKey"]: {name: value for name, value in body.items() if name.startswith("Authoriz")}
        for body in bodies
    }


def test_every_route_is_there_with_its_authorisation_and_the_rest_goes_to_the_application(template: Template) -> None:
    expected = {
        f"{method} {route.path}": PEOPLE if access is TOKEN else EVERYBODY
        for route in ROUTES
        for method, access in route.methods.items()
    }
    made = template("api", api="http")
    assert _routes(made) == {**expected, "$default": EVERYBODY}
    targets = [body["Properties"]["Target"] for body in of_type(made, "AWS::ApiGatewayV2::Route").values()]
    assert [target for target in targets if target != {"Fn::Sub": "integrations/${HttpIntegration}"}] == []


def test_the_authorizer_takes_tokens_of_the_pool_and_its_clients(template: Template) -> None:
    authorizer = only(template("api", api="http"), "AWS::ApiGatewayV2::Authorizer")
    issuer = ["https://cognito-idp.${AWS::Region}.amazonaws.com/${Pool}", {"Pool": {"Ref": "AuthUserPoolId"}}]
    clients = [{"Ref": "AuthUserPoolClientId"}, {"Ref": "AuthApiClientId"}]
    assert authorizer["AuthorizerType"] == "JWT"
    assert authorizer["IdentitySource"] == ["$request.header.Authorization"]
    assert authorizer["JwtConfiguration"] == {"Issuer": {"Fn::Sub": issuer}, "Audience": clients}


def test_an_imported_pool_has_one_client(template: Template) -> None:
    authorizer = only(template("api", api="http", auth="import"), "AWS::ApiGatewayV2::Authorizer")
    assert authorizer["JwtConfiguration"]["Audience"] == [{"Ref": "AuthUserPoolClientId"}]


def test_with_the_authorizer_off_every_route_is_open(template: Template) -> None:
    made = template("api", env="dev", api="http", authorizer="off")
    assert of_type(made, "AWS::ApiGatewayV2::Authorizer") == {}
    assert [key for key, guard in _routes(made).items() if guard != EVERYBODY] == []


def test_browsers_may_read_what_the_gateway_says_itself(template: Template) -> None:
    assert only(template("api", api="http"), "AWS::ApiGatewayV2::Api")["CorsConfiguration"] == {
        "AllowOrigins": list(load("prod").web_origins),
        "AllowCredentials": True,
        "AllowHeaders": cors.ALLOWED_HEADERS.split(","),
        "AllowMethods": ["GET", "POST", "PUT", "DELETE", "OPTIONS"],
        "ExposeHeaders": cors.EXPOSED_HEADERS.split(","),
        "MaxAge": 86_400,
    }


def test_nothing_stands_before_what_browsers_ask_first(template: Template) -> None:
    keys = _routes(template("api", api="http"))
    assert [key for key in keys if key.startswith(("OPTIONS", "ANY"))] == []
    assert keys["$default"] == EVERYBODY


def test_the_function_is_called_by_its_alias_and_the_role(template: Template) -> None:
    assert only(template("api", api="http"), "AWS::ApiGatewayV2::Integration") == {
        "ApiId": {"Ref": "HttpApi"},
        "IntegrationType": "AWS_PROXY",
        "IntegrationMethod": "POST",
        "IntegrationUri": {"Fn::Sub": INVOKE},
        "CredentialsArn": {"Ref": "ComputeApiInvokeRoleArn"},
        "PayloadFormatVersion": "2.0",
        "TimeoutInMillis": 29_000,
    }


def test_the_stage_has_limits_and_a_log_without_persons(template: Template) -> None:
    made = template("api", api="http")
    stage = only(made, "AWS::ApiGatewayV2::Stage")
    assert stage["StageName"] == "$default"
    assert stage["AutoDeploy"] is True
    assert stage["DefaultRouteSettings"] == {
        "DetailedMetricsEnabled": False,
        "ThrottlingRateLimit": 100,
        "ThrottlingBurstLimit": 200,
    }
    assert stage["AccessLogSettings"]["DestinationArn"] == {"Fn::GetAtt": ["AccessLog", "Arn"]}
    line = json.loads(stage["AccessLogSettings"]["Format"])
    assert line["requestId"] == "$context.requestId"
    assert line["route"] == "$context.routeKey"
    assert not [value for value in line.values() if "identity" in value or value == "$context.path"]
    group = only(made, "AWS::Logs::LogGroup")
    assert (group["LogGroupName"], group["RetentionInDays"]) == ("/aws/vendedlogs/movierec-prod-api", 7)


def test_the_domain_has_a_certificate_of_the_api_s_own_region(template: Template) -> None:
    made = template("api", api="http")
    certificate = only(made, "AWS::CertificateManager::Certificate")
    assert certificate["DomainName"] == "api.movierec.net"
    assert certificate["ValidationMethod"] == "DNS"
    proof = {"DomainName": "api.movierec.net", "HostedZoneId": {"Ref": "HostedZoneId"}}
    assert certificate["DomainValidationOptions"] == [proof]
    domain = only(made, "AWS::ApiGatewayV2::DomainName")
    assert domain["DomainName"] == "api.movierec.net"
    assert domain["DomainNameConfigurations"] == [
        {
            "CertificateArn": {"Ref": "ApiCertificate"},
            "EndpointType": "REGIONAL",
            "IpAddressType": "dualstack",
            "SecurityPolicy": "TLS_1_2",
        }
    ]
    mapping = {"ApiId": {"Ref": "HttpApi"}, "DomainName": {"Ref": "HttpDomain"}, "Stage": {"Ref": "HttpStage"}}
    assert only(made, "AWS::ApiGatewayV2::ApiMapping") == mapping
    records = [body["Properties"] for body in of_type(made, "AWS::Route53::RecordSet").values()]
    assert sorted(record["Type"] for record in records) == ["A", "AAAA"]
    for record in records:
        assert (record["Name"], record["HostedZoneId"]) == ("api.movierec.net", {"Ref": "HostedZoneId"})
        assert record["AliasTarget"]["DNSName"] == {"Fn::GetAtt": ["HttpDomain", "RegionalDomainName"]}
        assert record["AliasTarget"]["HostedZoneId"] == {"Fn::GetAtt": ["HttpDomain", "RegionalHostedZoneId"]}


def test_without_a_site_there_is_no_domain(template: Template) -> None:
    made = template("api", env="dev", api="http")
    for kind in ("CertificateManager::Certificate", "ApiGatewayV2::DomainName", "Route53::RecordSet"):
        assert of_type(made, f"AWS::{kind}") == {}
    assert "HostedZoneId" not in made["Parameters"]


def test_an_http_api_has_no_firewall(template: Template) -> None:
    # WAF knows stages of REST APIs only.
    made = template("api", api="http", waf="on")
    assert of_type(made, "AWS::WAFv2::WebACLAssociation") == {}


def test_the_two_kinds_share_no_title_of_different_types(template: Template) -> None:
    # CloudFormation cannot make a resource of another type out of one.
    rest, http = (
        {title: body["Type"] for title, body in template("api", api=kind)["Resources"].items()} for kind in KINDS
    )
    assert {title for title in rest.keys() & http.keys() if rest[title] != http[title]} == set()


# What both tell others.


@pytest.mark.parametrize(
    ("kind", "title", "stage", "path"), [("rest", "RestApi", "prod", "/prod"), ("http", "HttpApi", "$default", "")]
)
def test_both_kinds_publish_the_same_values(template: Template, kind: str, title: str, stage: str, path: str) -> None:
    host = f"${{{title}}}.execute-api.${{AWS::Region}}.${{AWS::URLSuffix}}"
    values = published(template("api", env="dev", api=kind))
    assert values == {
        "/movierec/dev/api/id": {"Ref": title},
        "/movierec/dev/api/host": {"Fn::Sub": host},
        "/movierec/dev/api/stage": stage,
        "/movierec/dev/api/url": {"Fn::Sub": f"https://{host}{path}"},
    }
    assert published(template("api", api=kind))["/movierec/prod/api/url"] == "https://api.movierec.net"


@pytest.mark.parametrize("kind", KINDS)
def test_a_frontend_finds_what_it_needs_as_one_json_and_each_alone(template: Template, kind: str) -> None:
    outputs = template("api", api=kind)["Outputs"]
    expected = {
        "apiUrl": "https://api.movierec.net",
        "region": {"Ref": "AWS::Region"},
        "userPoolId": {"Ref": "AuthUserPoolId"},
        "userPoolClientId": {"Ref": "AuthUserPoolClientId"},
    }
    assert _read(outputs["FrontendConfig"]["Value"]) == expected
    assert {name: outputs[name[0].upper() + name[1:]]["Value"] for name in expected} == expected
    assert outputs["ApiUrl"]["Export"] == {"Name": "MovieRecApiUrl"}
    assert [title for title, output in outputs.items() if "Export" in output] == ["ApiUrl"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_backend_finds_what_it_needs_as_one_json_and_each_alone(template: Template, kind: str) -> None:
    outputs = template("api", api=kind)["Outputs"]
    config = _read(outputs["BackendConfig"]["Value"])
    assert config["region"] == {"Ref": "AWS::Region"}
    assert config["userPoolId"] == {"Ref": "AuthUserPoolId"}
    assert config["buckets"] == {
        "assets": "movierec-prod-assets",
        "models": "movierec-prod-models",
        "catalogue": "movierec-prod-catalogue",
    }
    assert config["functions"] == {"app": "movierec-prod", "jobs": "movierec-prod-jobs"}
    assert len(config["tables"]) == len(TABLES)
    assert config["tables"]["userPreferences"] == "UserPreferences"
    assert config["tables"]["data"] == "movierec-prod-data-table"
    for kinds in ("tables", "buckets", "functions"):
        for name, value in config[kinds].items():
            assert outputs[kinds.capitalize() + name[0].upper() + name[1:]]["Value"] == value


def _read(value: dict[str, Any]) -> Any:
    """A JSON text that CloudFormation fills in, with the references in their places."""
    text, known = value["Fn::Sub"]
    places = {f"${{{name}}}": reference for name, reference in known.items()}

    def filled(found: dict[str, Any]) -> dict[str, Any]:
        return {name: places.get(one, one) if isinstance(one, str) else one for name, one in found.items()}

    return json.loads(text, object_hook=filled)
