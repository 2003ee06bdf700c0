"""What each role may do: statements of IAM policies on the narrowest ARNs that are known."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, Final

from troposphere import Sub

from infra import names
from infra.config import Config
from infra.declared import functions, secrets, tables
from infra.stack import Value
from infra.stacks._queues import DEAD_LETTERS

Statement = dict[str, Any]

# All that requests do to rows; a transaction needs the rights of its parts.
_ROWS: Final = (
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
)
# The tables that jobs read from end to end. Training reads more, with the rights of who starts it.
_SCANNED: Final = ("cache",)
_USERS: Final = (
    "cognito-idp:AdminDeleteUser",
    "cognito-idp:AdminGetUser",
    "cognito-idp:AdminSetUserMFAPreference",
    "cognito-idp:AdminUserGlobalSignOut",
    "cognito-idp:DescribeUserPool",
)
# What staff do in the admin. The attribute that is updated says that an address is its owner's, without which the pool
# mails no codes there.
_STAFF: Final = (
    "cognito-idp:AdminAddUserToGroup",
    "cognito-idp:AdminConfirmSignUp",
    "cognito-idp:AdminDisableUser",
    "cognito-idp:AdminEnableUser",
    "cognito-idp:AdminListGroupsForUser",
    "cognito-idp:AdminRemoveUserFromGroup",
    "cognito-idp:AdminResetUserPassword",
    "cognito-idp:AdminUpdateUserAttributes",
    "cognito-idp:ListUsers",
    "cognito-idp:ListUsersInGroup",
)
# Rows that are added and stay: a partition's first letters, and what must not be done to them. A put on the key of one
# that is there is prevented by the condition that the application writes with.
_AUDIT: Final = "AUDIT#*"
_CHANGES: Final = (
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLUpdate",
    "dynamodb:UpdateItem",
)
# Only for the command that makes accounts: whoever holds these can take over anybody's.
_MAKE_USERS: Final = (
    "cognito-idp:AdminAddUserToGroup",
    "cognito-idp:AdminCreateUser",
    "cognito-idp:AdminSetUserPassword",
)
_SEALED: Final = ("dynamodb", "s3", "secretsmanager", "sqs")


@dataclass(frozen=True, slots=True)
class Places:
    """The ARNs that AWS makes up: the user pool's, and that of the environment's key where it has one."""

    user_pool: Value
    key: Value | None


def app(config: Config, places: Places) -> list[Statement]:
    """What answering requests takes."""
    read = (secrets.SIGNING, secrets.TMDB, *((secrets.ORIGIN,) if config.hosting == "django" else ()))
    return [
        *_both(config, places),
        *logs(functions.app(config).name),
        _secrets(config, read),
        allow("Staff", _STAFF, places.user_pool),
        allow("StartJobs", "lambda:InvokeFunction", names.alias_arn(names.jobs_function(config))),
        # Which of the published models serves.
        allow("ChooseModel", "s3:PutObject", one_object(config, "models", "current.json")),
    ]


def jobs(config: Config, places: Places) -> list[Statement]:
    """What the commands of jobs take; Lambda sends what failed to the queue of dead letters, by the same role."""
    return [
        *_both(config, places),
        *logs(functions.jobs(config).name),
        _secrets(config, (secrets.SIGNING, secrets.TMDB)),
        allow("Scans", "dynamodb:Scan", _tables(config, _SCANNED)),
        allow("Accounts", _MAKE_USERS, places.user_pool),
        allow("Models", ["s3:PutObject", "s3:DeleteObject"], objects(config, "models")),
        allow("Catalogue", "s3:PutObject", objects(config, "catalogue")),
        allow("Costs", "budgets:ViewBudget", names.arn("budgets", f"budget/{names.budget(config)}", region=False)),
        send(names.arn("sqs", names.queue(config, DEAD_LETTERS))),
    ]


def rotation(config: Config, function: str, failures: Value, key: Value | None) -> list[Statement]:
    """What giving the signing secret another key takes."""
    steps = ("DescribeSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage")
    return [
        *logs(function),
        allow("Secret", [f"secretsmanager:{step}" for step in steps], _secret(config, secrets.SIGNING)),
        send(failures),
        *trace(config),
        *unseal(key, ("secretsmanager", "sqs")),
    ]


def _both(config: Config, places: Places) -> list[Statement]:
    return [
        allow("Rows", _ROWS, _tables(config, tables.OWN)),
        deny(
            "Audit",
            _CHANGES,
            _tables(config, ("data",)),
            Condition={"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": [_AUDIT]}},
        ),
        allow("Indexes", "dynamodb:Query", _indexes(config)),
        allow("Users", _USERS, places.user_pool),
        allow("Published", "s3:GetObject", [objects(config, "models"), objects(config, "catalogue")]),
        allow("PublishedList", "s3:ListBucket", [_bucket(config, "models"), _bucket(config, "catalogue")]),
        allow("Files", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], objects(config, "assets", "users/")),
        allow(
            "FilesList",
            "s3:ListBucket",
            _bucket(config, "assets"),
            Condition={"StringLike": {"s3:prefix": "users/*"}},
        ),
        _mail(config),
        *trace(config),
        *unseal(places.key, _SEALED),
    ]


def allow(sid: str, actions: Any, resources: Any, **more: Any) -> Statement:
    """A statement that allows actions on resources; each may be one or several."""
    return {"Sid": sid, "Effect": "Allow", "Action": _listed(actions), "Resource": _listed(resources), **more}


def deny(sid: str, actions: Any, resources: Any, **more: Any) -> Statement:
    """A statement that no other one outweighs."""
    return {**allow(sid, actions, resources, **more), "Effect": "Deny"}


def _listed(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list | tuple) else [given]


def logs(function: str) -> list[Statement]:
    """Writing into a function's own log group, which a template made."""
    streams = names.arn("logs", f"log-group:{names.log_group(function)}:*")
    return [allow("Logs", ["logs:CreateLogStream", "logs:PutLogEvents"], streams)]


def trace(config: Config) -> list[Statement]:
    """Sending traces, where `tracing` is on; X-Ray knows no resource that these could be limited to."""
    if not config.is_on("tracing"):
        return []
    return [allow("Traces", ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*")]


def send(queue: Value) -> Statement:
    """Sending messages to a queue."""
    return allow("Failures", "sqs:SendMessage", queue)


def unseal(key: Value | None, services: tuple[str, ...]) -> list[Statement]:
    """The use of the environment's key, where there is one, through services only."""
    if key is None:
        return []
    through = {
        "StringEquals": {"kms:ViaService": [Sub(f"{service}.${{AWS::Region}}.amazonaws.com") for service in services]}
    }
    return [allow("Key", ["kms:Decrypt", "kms:GenerateDataKey"], key, Condition=through)]


def _secrets(config: Config, purposes: tuple[str, ...]) -> Statement:
    return allow("Secrets", "secretsmanager:GetSecretValue", [_secret(config, purpose) for purpose in purposes])


def _secret(config: Config, purpose: str) -> Value:
    """The ARN of a secret, at whose end Secrets Manager puts six letters of its own."""
    return names.arn("secretsmanager", f"secret:{names.secret(config, purpose)}-??????")


def _mail(config: Config) -> Statement:
    """Mail in the service's own name; SES asks for the right on the address or on its domain, whichever it knows."""
    address = parseaddr(config.mail_from)[1]
    identities = [names.arn("ses", f"identity/{name}") for name in (address, address.partition("@")[2])]
    sender = {"StringEquals": {"ses:FromAddress": address}}
    # SES asks for the second one where the mail is given as a whole.
    return allow("Mail", ["ses:SendEmail", "ses:SendRawEmail"], identities, Condition=sender)


def _tables(config: Config, keys: tuple[str, ...]) -> list[Value]:
    return [names.arn("dynamodb", f"table/{table.name_in(config)}") for table in tables.TABLES if table.key in keys]


def _indexes(config: Config) -> list[Value]:
    return [
        names.arn("dynamodb", f"table/{table.name_in(config)}/index/{index.name}")
        for table in tables.TABLES
        if table.key in tables.OWN
        for index in table.indexes
    ]


def _bucket(config: Config, purpose: str) -> Value:
    return names.arn("s3", names.bucket(config, purpose), region=False, account=False)


def objects(config: Config, purpose: str, prefix: str = "") -> Value:
    """The objects of a bucket, or those below a prefix."""
    return one_object(config, purpose, f"{prefix}*")


def one_object(config: Config, purpose: str, name: str) -> Value:
    """One object of a bucket."""
    return names.arn("s3", f"{names.bucket(config, purpose)}/{name}", region=False, account=False)
