"""What people have to set up once outside the templates: the zone, certificates, mail, keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any, Final

from botocore.exceptions import ClientError

from infra import names
from infra.config import GLOBAL_REGION, Config
from infra.declared import secrets
from infra.deployment import parameters, stacks
from infra.deployment.aws import is_missing
from infra.deployment.checks.finding import Finding, Patient, Verdict

_CERTIFICATES: Final = ("dns/site-certificate-arn", "dns/api-certificate-arn", "api/certificate-arn")
_NO_SITE: Final = "No site is configured, so none is needed."
_DEFAULT_ROTATION_DAYS: Final = 30


def zone(patient: Patient) -> Iterator[Finding]:
    """Whether the hosted zone that was given is the site's."""
    config = patient.aws.config
    if not config.site:
        yield Finding("hosted zone", Verdict.OK, _NO_SITE)
        return
    cloudformation = patient.aws.client("cloudformation", GLOBAL_REGION)
    stack = stacks.look(cloudformation, names.stack_name(config, "dns"))
    given = [value for name, value in (stack.parameters if stack else {}).items() if "Zone" in name]
    if not given:
        yield _zone_to_give(patient)
        return
    try:
        found = patient.aws.client("route53").get_hosted_zone(Id=given[0])["HostedZone"]["Name"].rstrip(".")
    except ClientError as error:
        if not is_missing(error):
            raise
        found = ""
    if found == config.site:
        yield Finding("hosted zone", Verdict.OK, f"{given[0]} is the zone of {config.site}.")
    else:
        what = f"is the zone of {found}" if found else "does not exist"
        remedy = "Deploy with --parameter HostedZoneId=… of the right zone."
        yield Finding("hosted zone", Verdict.WRONG, f"{given[0]} {what}, and the site is {config.site}.", remedy)


def _zone_to_give(patient: Patient) -> Finding:
    site = patient.aws.config.site
    answer = patient.aws.client("route53").list_hosted_zones_by_name(DNSName=f"{site}.", MaxItems="1")
    for one in answer["HostedZones"]:
        if one["Name"] == f"{site}.":
            identity = one["Id"].rpartition("/")[2]
            remedy = f"Deploy with --parameter HostedZoneId={identity}."
            return Finding("hosted zone", Verdict.WARNING, f"{site} has the zone {identity}, not yet given.", remedy)
    remedy = f"Make one with `aws route53 create-hosted-zone --name {site}` and lead the domain's name servers to it."
    return Finding("hosted zone", Verdict.WRONG, f"{site} has no hosted zone in this account.", remedy)


def certificates(patient: Patient) -> Iterator[Finding]:
    """Whether each certificate is issued."""
    if not patient.aws.config.site:
        yield Finding("certificates", Verdict.OK, _NO_SITE)
        return
    published = parameters.published(patient.aws)
    known = [published[name] for name in _CERTIFICATES if name in published]
    if not known:
        yield Finding("certificates", Verdict.UNSEEN, "No stack with certificates is deployed yet.")
    for arn in known:
        body = patient.aws.client("acm", arn.split(":")[3]).describe_certificate(CertificateArn=arn)["Certificate"]
        yield _certificate(body)


def _certificate(body: dict[str, Any]) -> Finding:
    name, status = body["DomainName"], body["Status"]
    if status == "ISSUED":
        return Finding("certificates", Verdict.OK, f"That of {name} is issued.")
    remedy = "Check that the domain's name servers are those of its hosted zone; AWS then issues it within an hour."
    return Finding("certificates", Verdict.WRONG, f"That of {name} is {status}.", remedy)


def mail(patient: Patient) -> Iterator[Finding]:
    """Whether SES may send what the application mails, to everybody."""
    config = patient.aws.config
    address = parseaddr(config.mail_from)[1]
    ses = patient.aws.client("sesv2")
    if _is_verified(ses, address) or _is_verified(ses, address.partition("@")[2]):
        yield Finding("mail", Verdict.OK, f"SES may send as {address}.")
    else:
        remedy = f"Verify {address.partition('@')[2]} in SES, {config.region}, or write another mail_from."
        yield Finding("mail", Verdict.WRONG, f"SES may not send as {address}.", remedy)
    if ses.get_account().get("ProductionAccessEnabled"):
        yield Finding("mail", Verdict.OK, "SES sends to everybody.")
    else:
        verdict = Verdict.WARNING if config.env == "dev" else Verdict.WRONG
        remedy = "Ask for production access in the console of SES."
        yield Finding("mail", verdict, "SES is in its sandbox and sends to verified addresses only.", remedy)


def pool_mail(patient: Patient) -> Iterator[Finding]:
    """Whether the user pool's codes reach everybody who signs up."""
    config = patient.aws.config
    if config.auth == "import":
        yield Finding("codes", Verdict.UNSEEN, "The user pool is imported; who made it says how it mails.")
    elif config.pool_mail == "cognito":
        yield _by_cognito(config)
    else:
        yield from _by_ses(patient)


def _by_cognito(config: Config) -> Finding:
    if not config.is_prod:
        return Finding("codes", Verdict.OK, "Cognito mails them, about 50 a day.")
    remedy = f'Verify {_mail_domain(config)} in SES, write pool_mail = "ses" and deploy the stack auth.'
    return Finding("codes", Verdict.WARNING, "Cognito mails about 50 a day, and sign-ups beyond are refused.", remedy)


def _by_ses(patient: Patient) -> Iterator[Finding]:
    """The pool sends by the domain's identity, even where that of an address would do for other mail."""
    config = patient.aws.config
    ses = patient.aws.client("sesv2")
    domain = _mail_domain(config)
    if _is_verified(ses, domain):
        yield Finding("codes", Verdict.OK, f"SES mails them for {domain}.")
    else:
        remedy = f'Verify it in SES, {config.region}; until then write pool_mail = "cognito".'
        yield Finding("codes", Verdict.WRONG, f"SES does not know {domain} as yours, and the pool mails by it.", remedy)
    if not ses.get_account().get("ProductionAccessEnabled"):
        remedy = 'Ask for production access in the console of SES; until then write pool_mail = "cognito".'
        yield Finding(
            "codes", Verdict.WRONG, "SES is in its sandbox and sends codes to verified addresses only.", remedy
        )


def _mail_domain(config: Config) -> str:
    return parseaddr(config.mail_from)[1].partition("@")[2]


def _is_verified(ses: Any, identity: str) -> bool:
    try:
        return bool(ses.get_email_identity(EmailIdentity=identity).get("VerifiedForSendingStatus"))
    except ClientError as error:
        if is_missing(error):
            return False
        raise


def alarms(patient: Patient) -> Iterator[Finding]:
    """Whether somebody hears of alarms."""
    address = patient.aws.config.alarm_email
    if not address:
        remedy = "Write alarm_email into environments.toml."
        yield Finding("alarms", Verdict.WARNING, "Nobody is told of alarms.", remedy)
        return
    pages = patient.aws.client("sns").get_paginator("list_subscriptions").paginate()
    arns = [one["SubscriptionArn"] for page in pages for one in page["Subscriptions"] if one["Endpoint"] == address]
    if not arns:
        yield Finding("alarms", Verdict.WARNING, f"{address} is not subscribed.", "Deploy the stack observability.")
    elif "PendingConfirmation" in arns:
        remedy = "Open the link in the mail that AWS sent there."
        yield Finding("alarms", Verdict.WRONG, f"{address} has not confirmed that it wants alarms.", remedy)
    else:
        yield Finding("alarms", Verdict.OK, f"{address} is told of alarms.")


def tmdb_key(patient: Patient) -> Iterator[Finding]:
    """Whether TMDB's key was put into its secret. The key itself is shown nowhere."""
    name = names.secret(patient.aws.config, secrets.TMDB)
    value = secret_value(patient, name)
    if value is None:
        yield Finding("TMDB key", Verdict.UNSEEN, f"There is no secret {name} yet; the stack auth makes it.")
    elif _key_in(value):
        yield Finding("TMDB key", Verdict.OK, f"{name} holds a key.")
    else:
        command = f"aws secretsmanager put-secret-value --secret-id {name} --secret-string file://key.json"
        remedy = f'Write {{"TMDB_API_KEY": "…"}} into key.json and run `{command}`.'
        yield Finding(
            "TMDB key", Verdict.WARNING, f"{name} holds no key, so the catalogue is empty until there is one.", remedy
        )


def _key_in(value: str) -> bool:
    try:
        body = json.loads(value)
    except ValueError:
        return bool(value.strip())
    return isinstance(body, dict) and bool(str(body.get("TMDB_API_KEY") or "").strip())


def secret_value(patient: Patient, name: str) -> str | None:
    """The text of a secret, to look at and not to show; None where there is none."""
    try:
        return str(patient.aws.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"])
    except ClientError as error:
        if is_missing(error):
            return None
        raise


def signing_key(patient: Patient) -> Iterator[Finding]:
    """Whether the key that seals is there and is rotated."""
    name = names.secret(patient.aws.config, secrets.SIGNING)
    try:
        body = patient.aws.client("secretsmanager").describe_secret(SecretId=name)
    except ClientError as error:
        if not is_missing(error):
            raise
        yield Finding("signing key", Verdict.UNSEEN, f"There is no secret {name} yet; the stack auth makes it.")
        return
    if "DeletedDate" in body:
        yield _marked(patient.aws.config, name)
    else:
        yield rotation(name, body, datetime.now(UTC))


def _marked(config: Config, name: str) -> Finding:
    command = f"aws secretsmanager restore-secret --secret-id {name} --region {config.region}"
    sentence = f"{name} is marked for deletion, and new functions cannot read it."
    return Finding("signing key", Verdict.WRONG, sentence, f"Run `{command}` at once: what it seals is lost with it.")


def rotation(name: str, body: dict[str, Any], now: datetime) -> Finding:
    """Whether a secret, as Secrets Manager describes it, is rotated as often as it should be."""
    if not body.get("RotationEnabled"):
        return Finding("signing key", Verdict.WARNING, f"{name} is not rotated.", "Deploy the stack auth.")
    every = int(body.get("RotationRules", {}).get("AutomaticallyAfterDays", _DEFAULT_ROTATION_DAYS))
    age = (now - (body.get("LastRotatedDate") or body["CreatedDate"])).days
    if age > 2 * every:
        remedy = "See the log of the rotation function, and `aws secretsmanager rotate-secret`."
        return Finding("signing key", Verdict.WRONG, f"{name} was last rotated {age} days ago.", remedy)
    return Finding("signing key", Verdict.OK, f"{name} is rotated every {every} days.")
