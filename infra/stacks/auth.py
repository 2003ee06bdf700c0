"""People and secrets: the user pool, its clients and groups, the secrets and their rotation."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any, Final

from troposphere import GetAtt, Ref, Sub
from troposphere.cognito import (
    AccountRecoverySetting,
    AdminCreateUserConfig,
    EmailConfiguration,
    PasswordPolicy,
    Policies,
    RecoveryOption,
    SchemaAttribute,
    TokenValidityUnits,
    UserAttributeUpdateSettings,
    UsernameConfiguration,
    UserPool,
    UserPoolClient,
    UserPoolDomain,
    UserPoolGroup,
    VerificationMessageTemplate,
)
from troposphere.iam import Role

from infra import names
from infra.config import Config
from infra.stack import Stack, Value, arn_of
from infra.stacks import _queues, _reasons, _rights, _roles, _secrets
from infra.stacks._keys import key_of

ACCESS_HOURS: Final = 1
REFRESH_DAYS: Final = 30
CHALLENGE_MINUTES: Final = 3
# The scope by which the gateway knows an access token; those of a sign-in by password have it and no other.
SELF_SCOPE: Final = "aws.cognito.signin.user.admin"
GROUPS: Final = (("ops", 0, "Who runs the service"), ("support", 10, "Who helps people with their accounts"))


@dataclass(frozen=True, slots=True)
class _Pool:
    """What other stacks ask of the pool, made here or long before."""

    id: Value
    arn: Value
    web_client: Value
    api_client: Value
    host: Value


def build(config: Config) -> Stack:
    """The user pool, unless there is one already, and the secrets."""
    stack = Stack(config, "auth", config.region, "People and secrets of MovieRec")
    key = key_of(stack, "security")
    pool = _imported(config) if config.auth == "import" else _created(stack)
    _publish(stack, pool)
    signing = _secrets.add_secrets(stack, key)
    failures = _queues.add_failures(stack, "RotationFailures", _queues.ROTATION_FAILURES, key)
    stack.publish("rotation-failures-name", _queues.name_of(failures), "The queue of rotations that failed")
    role = _add_function_role(stack, pool, arn_of(failures), key)
    _secrets.add_rotation(stack, signing, arn_of(role), arn_of(failures), key)
    return stack


def _publish(stack: Stack, pool: _Pool) -> None:
    stack.publish("user-pool-id", pool.id, "The user pool", export="MovieRecUserPoolId")
    stack.publish("user-pool-arn", pool.arn, "The ARN of the user pool")
    web = "The client of the site and of the service's own sign-ins"
    stack.publish("user-pool-client-id", pool.web_client, web, export="MovieRecUserPoolClientId")
    stack.publish("api-client-id", pool.api_client, "The client of programs")
    if pool.host:
        stack.publish("sign-in-host", pool.host, "The host of the pool's own sign-in pages")


def _imported(config: Config) -> _Pool:
    arn = names.arn("cognito-idp", f"userpool/{config.user_pool_id}")
    client = config.user_pool_client_id
    return _Pool(config.user_pool_id, arn, client, client, config.user_pool_host)


def _created(stack: Stack) -> _Pool:
    pool = _user_pool(stack)
    web = _client(stack, pool, "web", **_browser_sign_in(stack.config))
    api = _client(stack, pool, "api")
    prefix = f"{stack.config.prefix}-${{AWS::AccountId}}"
    stack.add(UserPoolDomain("UserPoolDomain", UserPoolId=Ref(pool), Domain=Sub(prefix)))
    for name, precedence, purpose in GROUPS:
        stack.add(
            UserPoolGroup(
                f"{name.title()}Group",
                UserPoolId=Ref(pool),
                GroupName=name,
                Precedence=precedence,
                Description=purpose,
            )
        )
    host = Sub(f"{prefix}.auth.${{AWS::Region}}.amazoncognito.com")
    return _Pool(Ref(pool), GetAtt(pool, "Arn"), Ref(web), Ref(api), host)


def _user_pool(stack: Stack) -> UserPool:
    config = stack.config
    pool = UserPool(
        "UserPool",
        UserPoolName=config.prefix,
        # The cheapest plan that has all that is used.
        UserPoolTier="LITE",
        UsernameAttributes=["email"],
        UsernameConfiguration=UsernameConfiguration(CaseSensitive=False),
        Schema=[SchemaAttribute(Name="email", AttributeDataType="String", Required=True, Mutable=True)],
        AutoVerifiedAttributes=["email"],
        # A new address counts when its owner has typed the code, and until then the old one does.
        UserAttributeUpdateSettings=UserAttributeUpdateSettings(AttributesRequireVerificationBeforeUpdate=["email"]),
        AdminCreateUserConfig=AdminCreateUserConfig(AllowAdminCreateUserOnly=False),
        AccountRecoverySetting=AccountRecoverySetting(
            RecoveryMechanisms=[RecoveryOption(Name="verified_email", Priority=1)]
        ),
        Policies=Policies(PasswordPolicy=_password_policy()),
        MfaConfiguration="OPTIONAL",
        EnabledMfas=["SOFTWARE_TOKEN_MFA"],
        EmailConfiguration=_mail(config),
        VerificationMessageTemplate=VerificationMessageTemplate(
            DefaultEmailOption="CONFIRM_WITH_CODE",
            EmailSubject="Your code for MovieRec",
            EmailMessage="Your code for MovieRec is {####}. If you did not ask for it, you need not do anything.",
        ),
        DeletionProtection="INACTIVE" if config.env == "dev" else "ACTIVE",
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
    )
    stack.add(pool)
    stack.suppress(pool, _reasons.SECOND_FACTOR_BY_CHOICE)
    stack.suppress(pool, _reasons.OWN_LIMITS_ON_GUESSES)
    return pool


def _mail(config: Config) -> EmailConfiguration:
    """Who sends the codes: Cognito itself, or SES by the identity of the domain that mail comes from."""
    if config.pool_mail == "cognito":
        return EmailConfiguration(EmailSendingAccount="COGNITO_DEFAULT")
    domain = parseaddr(config.mail_from)[1].partition("@")[2]
    return EmailConfiguration(
        EmailSendingAccount="DEVELOPER", SourceArn=names.arn("ses", f"identity/{domain}"), From=config.mail_from
    )


def _password_policy() -> PasswordPolicy:
    return PasswordPolicy(
        MinimumLength=8,
        RequireLowercase=True,
        RequireUppercase=True,
        RequireNumbers=True,
        RequireSymbols=True,
        TemporaryPasswordValidityDays=1,
    )


def _client(stack: Stack, pool: UserPool, name: str, **more: Any) -> UserPoolClient:
    """A client of the pool without a secret, which signs in by password and has sessions of 30 days."""
    client = UserPoolClient(
        f"{name.title()}Client",
        UserPoolId=Ref(pool),
        ClientName=f"{stack.config.prefix}-{name}",
        GenerateSecret=False,
        PreventUserExistenceErrors="ENABLED",
        EnableTokenRevocation=True,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        AuthSessionValidity=CHALLENGE_MINUTES,
        AccessTokenValidity=ACCESS_HOURS,
        IdTokenValidity=ACCESS_HOURS,
        RefreshTokenValidity=REFRESH_DAYS,
        TokenValidityUnits=TokenValidityUnits(AccessToken="hours", IdToken="hours", RefreshToken="days"),
        ReadAttributes=["email", "email_verified"],
        WriteAttributes=["email"],
        **more,
    )
    stack.add(client)
    return client


def _browser_sign_in(config: Config) -> dict[str, Any]:
    """Sign-in on the pool's own pages, by an authorisation code that only who asked for it can use (PKCE)."""
    admin = config.admin_url
    return {
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid", "email", "profile", SELF_SCOPE],
        "SupportedIdentityProviders": ["COGNITO"],
        "CallbackURLs": [*config.sign_in_urls, *([f"{admin}/signin/callback"] if admin else [])],
        "LogoutURLs": [*config.sign_in_urls, *([f"{admin}/signin"] if admin else [])],
    }


def _add_function_role(stack: Stack, pool: _Pool, failures: Value, key: Value | None) -> Role:
    """The rotation's role; that of all functions where they share one, which then has to stand before the others."""
    config = stack.config
    policies = {"rotation": _rights.rotation(config, _secrets.function_name(config), failures, key)}
    if config.roles == "shared":
        places = _rights.Places(pool.arn, key)
        app = _rights.app(config, places)
        # A role has room for so many letters; what both may do is said once.
        policies |= {"app": app, "jobs": [more for more in _rights.jobs(config, places) if more not in app]}
    return _roles.add_role(stack, "FunctionRole", "rotation", "lambda", policies)
