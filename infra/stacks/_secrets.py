"""The secrets, and the function that gives the signing secret another key every month."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from troposphere import GetAtt, Ref
from troposphere.awslambda import (
    Code,
    DeadLetterConfig,
    Function,
    LoggingConfig,
    Permission,
    TracingConfig,
)
from troposphere.secretsmanager import GenerateSecretString, ReplicaRegion, RotationRules, RotationSchedule, Secret

from infra import functions, names
from infra.config import Config
from infra.declared import secrets
from infra.stack import Stack, Value, arn_of
from infra.stacks import _reasons
from infra.stacks._logs import add_log_group

ROTATION_DAYS: Final = 30
KEY_LENGTH: Final = 64
# Of AWS Lambda's Pythons the newest one.
RUNTIME: Final = "python3.15"
_SOURCE: Final = Path(functions.__file__).with_name("rotate_signing_key.py")


def add_secrets(stack: Stack, key: Value | None) -> Secret:
    """The secrets, and their ARNs for other stacks; answers the signing secret."""
    by_hand = [_secret(stack, secrets.TMDB, "The key of TMDB's API, which an operator puts in", key, _tmdb())]
    if stack.config.hosting == "django":
        by_hand.append(_secret(stack, secrets.ORIGIN, "What CloudFront shows the application", key, _generated()))
    for secret in by_hand:
        stack.suppress(secret, _reasons.TURNED_BY_HAND)
    signing = _secret(
        stack,
        secrets.SIGNING,
        "The JWT/signing secret: the key that signs and seals, and those whose work still counts",
        key,
        _signing(),
    )
    # The one that cannot be had again: without it every sign-in ends. TMDB gives its key once more, and a site that
    # stands up elsewhere makes another word for CloudFront. Each replica is paid for like a secret.
    signing.ReplicaRegions = [ReplicaRegion(Region=stack.config.second_region)]
    return signing


def _arn(secret: Secret) -> GetAtt:
    """A secret's ARN. Not by Ref, which the embedded AWS answers with the name."""
    return GetAtt(secret, "Id")


def _secret(stack: Stack, purpose: str, description: str, key: Value | None, content: dict[str, Any]) -> Secret:
    sealed: dict[str, Any] = {} if key is None else {"KmsKeyId": key}
    secret = Secret(
        f"{purpose.title()}Secret",
        Name=names.secret(stack.config, purpose),
        Description=description,
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
        **content,
        **sealed,
    )
    stack.add(secret)
    if key is None:
        stack.suppress(secret, _reasons.NO_CMK)
    stack.publish(f"{purpose}-secret-arn", _arn(secret), f"The ARN of the secret {purpose}")
    return secret


def _generated(**template: str) -> dict[str, Any]:
    return {
        "GenerateSecretString": GenerateSecretString(PasswordLength=KEY_LENGTH, ExcludePunctuation=True, **template)
    }


def _signing() -> dict[str, Any]:
    template = json.dumps({"SECRET_KEY_FALLBACKS": ""})
    return _generated(SecretStringTemplate=template, GenerateStringKey="SECRET_KEY")


def _tmdb() -> dict[str, Any]:
    """No key yet. CloudFormation writes it once, and leaves alone what was put in afterwards."""
    return {"SecretString": json.dumps({"TMDB_API_KEY": ""})}


def function_name(config: Config) -> str:
    """The name of the function that rotates."""
    return f"{config.prefix}-rotation"


def add_rotation(stack: Stack, signing: Secret, role: Value, failures: Value, key: Value | None) -> None:
    """The rotation of the signing secret, by a function with this role; what fails goes to the queue `failures`."""
    function = _function(stack, role, failures, key)
    permission = Permission(
        "RotationPermission",
        Action="lambda:InvokeFunction",
        FunctionName=Ref(function),
        Principal="secretsmanager.amazonaws.com",
        SourceArn=_arn(signing),
    )
    stack.add(permission)
    stack.add(
        RotationSchedule(
            "SigningRotation",
            SecretId=_arn(signing),
            RotationLambdaARN=arn_of(function),
            RotationRules=RotationRules(AutomaticallyAfterDays=ROTATION_DAYS),
            # The first rotation puts down the key that comes next, and leaves the one that signs.
            RotateImmediatelyOnUpdate=True,
            DependsOn=[permission.title],
        )
    )


def _function(stack: Stack, role: Value, failures: Value, key: Value | None) -> Function:
    group = add_log_group(stack, "RotationLogs", names.log_group(function_name(stack.config)), key)
    traced: dict[str, Any] = {"TracingConfig": TracingConfig(Mode="Active")} if stack.config.is_on("tracing") else {}
    function = Function(
        "Rotation",
        FunctionName=function_name(stack.config),
        Description="Gives the signing secret another key",
        Runtime=RUNTIME,
        Architectures=["arm64"],
        Handler="index.handler",
        Code=Code(ZipFile=_SOURCE.read_text(encoding="utf-8")),
        Role=role,
        MemorySize=256,
        Timeout=30,
        DeadLetterConfig=DeadLetterConfig(TargetArn=failures),
        LoggingConfig=LoggingConfig(LogGroup=Ref(group)),
        **traced,
    )
    stack.add(function)
    stack.suppress(function, _reasons.ONE_CALL_A_MONTH)
    if not stack.config.is_on("tracing"):
        stack.suppress(function, _reasons.TRACING_OFF)
    return function
