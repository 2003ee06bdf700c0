"""The outputs in three forms."""

from __future__ import annotations

import json

from infra.deployment.showing import shown

OUTPUTS = {"auth": {"UserPoolId": "pool_1", "ApiClientId": "it's"}, "security-global": {"KeyArn": "arn:1"}}


def test_as_text() -> None:
    assert shown(OUTPUTS, "text").splitlines() == [
        "auth ApiClientId        it's",
        "auth UserPoolId         pool_1",
        "security-global KeyArn  arn:1",
    ]


def test_as_shell_lines() -> None:
    assert shown(OUTPUTS, "env").splitlines() == [
        """AUTH_API_CLIENT_ID='it'"'"'s'""",
        "AUTH_USER_POOL_ID=pool_1",
        "SECURITY_GLOBAL_KEY_ARN=arn:1",
    ]


def test_as_json() -> None:
    assert json.loads(shown(OUTPUTS, "json")) == OUTPUTS


def test_nothing_is_nothing() -> None:
    assert shown({}, "text") == ""
