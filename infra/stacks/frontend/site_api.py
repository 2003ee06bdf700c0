"""The door through which CloudFront asks the application for pages: an HTTP API that passes everything on."""

from __future__ import annotations

import json
from typing import Final

from troposphere import GetAtt, Ref, Sub
from troposphere.apigatewayv2 import AccessLogSettings, Api, Integration, Route, RouteSettings, Stage

from infra import names
from infra.stack import Stack, Value
from infra.stacks import _keys, _logs, _reasons

# Requests a second, and how many may come at once.
RATE: Final = 100
BURST: Final = 200
# API Gateway waits for 30 seconds at most.
_WAIT_MS: Final = 29_000
# No address, path or query: the application's own line of the same request id says what may be kept.
_LOGGED: Final = {
    "requestId": "$context.requestId",
    "requestTime": "$context.requestTime",
    "method": "$context.httpMethod",
    "status": "$context.status",
    "responseLength": "$context.responseLength",
    "responseLatency": "$context.responseLatency",
    "integrationStatus": "$context.integrationStatus",
    "integrationLatency": "$context.integrationLatency",
    "integrationError": "$context.integrationErrorMessage",
}


def add(stack: Stack) -> Value:
    """The API with its one route; answers its host."""
    api = Api("SiteApi", Name=names.stack_name(stack.config, "site"), ProtocolType="HTTP")
    stack.add(api)
    integration = Integration(
        "SiteIntegration",
        ApiId=Ref(api),
        IntegrationType="AWS_PROXY",
        IntegrationUri=names.alias_arn(names.app_function(stack.config)),
        CredentialsArn=stack.read("compute", "api-invoke-role-arn"),
        PayloadFormatVersion="2.0",
        TimeoutInMillis=_WAIT_MS,
    )
    stack.add(integration)
    route = Route(
        "SiteRoute",
        ApiId=Ref(api),
        RouteKey="$default",
        AuthorizationType="NONE",
        Target=Sub("integrations/${SiteIntegration}"),
    )
    stack.suppress(route, _reasons.OPEN_METHOD)
    stack.add(route)
    _add_stage(stack, api)
    stack.publish("site-api-id", Ref(api), "The HTTP API of the site")
    host = Sub("${SiteApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}")
    stack.publish("site-api-host", host, "The host of the HTTP API of the site")
    return host


def _add_stage(stack: Stack, api: Api) -> None:
    # HTTP APIs need this beginning, or each adds to a policy that has room for few.
    name = f"/aws/vendedlogs/{names.stack_name(stack.config, 'site')}"
    logs = _logs.add_log_group(stack, "SiteApiLogs", name, _keys.key_of(stack, "security"))
    stage = Stage(
        "SiteStage",
        ApiId=Ref(api),
        StageName="$default",
        AutoDeploy=True,
        DefaultRouteSettings=RouteSettings(ThrottlingRateLimit=RATE, ThrottlingBurstLimit=BURST),
        AccessLogSettings=AccessLogSettings(
            DestinationArn=GetAtt(logs, "Arn"), Format=json.dumps(_LOGGED, sort_keys=True)
        ),
    )
    stack.add(stage)
