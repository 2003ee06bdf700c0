"""The word by which the application knows CloudFront: whether both have the same.

CloudFormation puts the secret's value into the distribution when it changes the distribution, and does not look again
while the template stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from hmac import compare_digest
from typing import Any, Final

from infra import names
from infra.declared import origin, secrets
from infra.deployment import parameters
from infra.deployment.checks.finding import Finding, Patient, Verdict
from infra.deployment.checks.outside import secret_value

_CHECK: Final = "origin key"


def same(patient: Patient) -> Iterator[Finding]:
    """Whether CloudFront sends what the secret holds. Neither is shown."""
    config = patient.aws.config
    if config.hosting != "django":
        yield Finding(_CHECK, Verdict.OK, f"hosting is {config.hosting}, so CloudFront asks no application.")
        return
    name = names.secret(config, secrets.ORIGIN)
    held = secret_value(patient, name)
    if held is None:
        yield Finding(_CHECK, Verdict.UNSEEN, f"There is no secret {name} yet; the stack auth makes it.")
        return
    distribution = parameters.published(patient.aws, config.region).get("frontend/distribution-id")
    if distribution is None:
        yield Finding(_CHECK, Verdict.UNSEEN, "The stack frontend is not deployed yet.")
        return
    body = patient.aws.client("cloudfront").get_distribution_config(Id=distribution)["DistributionConfig"]
    if any(compare_digest(sent.encode(), held.encode()) for sent in _sent(body)):
        yield Finding(_CHECK, Verdict.OK, f"CloudFront sends the value of {name}.")
    else:
        remedy = "Give it to CloudFront as docs/runbook.md says under The origin key."
        yield Finding(
            _CHECK,
            Verdict.WRONG,
            f"CloudFront does not send the value of {name}, by which the application knows it.",
            remedy,
        )


def _sent(body: dict[str, Any]) -> list[str]:
    """The values of the key's header that a distribution, as CloudFront describes it, adds for its origins."""
    headers = [one for each in body["Origins"]["Items"] for one in each.get("CustomHeaders", {}).get("Items", [])]
    return [one["HeaderValue"] for one in headers if one["HeaderName"].lower() == origin.KEY_HEADER.lower()]
