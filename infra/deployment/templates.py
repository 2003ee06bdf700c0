"""How a template reaches CloudFormation: in the request, or through the deployment bucket when it is large."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from botocore.exceptions import ClientError

from infra import names
from infra.config import GLOBAL_REGION
from infra.deployment import stacks
from infra.deployment.aws import Aws, is_missing
from infra.deployment.telling import Trouble
from infra.suppressions import without_notes

# CloudFormation's limit for a template in a request.
LARGEST_BODY: Final = 51_200
# The stack that makes the deployment bucket.
_MAKER: Final = "compute"


def compact(template: Mapping[str, Any]) -> str:
    """A template in as few bytes as JSON takes, without notes for checkers; the same for the same template."""
    return json.dumps(without_notes(template), separators=(",", ":"), sort_keys=True)


def source(aws: Aws, stack: str, template: Mapping[str, Any]) -> dict[str, str]:
    """What CreateChangeSet is told of the template: TemplateBody or TemplateURL. Raises Trouble."""
    body = compact(template)
    if len(body.encode()) <= LARGEST_BODY:
        return {"TemplateBody": body}
    bucket = names.bucket(aws.config, "deployment")
    key = f"templates/{stack}/{sha256(body.encode()).hexdigest()}.json"
    s3 = aws.client("s3")
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=body.encode(), ContentType="application/json")
    except ClientError as error:
        if not is_missing(error):
            raise
        raise Trouble(
            f"The template of {stack} has {len(body.encode()):,} bytes, more than the {LARGEST_BODY:,} that fit into a "
            f"request, and the bucket {bucket} for larger ones is not there: {_remedy(aws, bucket)}"
        ) from error
    return {"TemplateURL": f"{s3.meta.endpoint_url}/{bucket}/{key}"}


def must_have_bucket(aws: Aws) -> None:
    """Raises Trouble, with what to do about it, where the deployment bucket is not there."""
    bucket = names.bucket(aws.config, "deployment")
    try:
        aws.client("s3").head_bucket(Bucket=bucket)
    except ClientError as error:
        if not is_missing(error):
            raise
        raise Trouble(f"The bucket {bucket} is not there: {_remedy(aws, bucket)}") from error


def _remedy(aws: Aws, bucket: str) -> str:
    """What to do about the deployment bucket, which CloudFormation does not make a second time."""
    region = aws.config.region
    if stacks.look(aws.client("cloudformation"), names.stack_name(aws.config, _MAKER)) is None:
        return f"deploy the stack {_MAKER} first."
    place = "" if region == GLOBAL_REGION else f" --create-bucket-configuration LocationConstraint={region}"
    return (
        f"the stack {_MAKER} stands, so somebody removed it by hand. Make it again by `aws s3api create-bucket "
        f"--bucket {bucket} --region {region}{place}`, run the same command again, and then put back what `python -m "
        f"infra doctor --env {aws.config.env}` tells under drift."
    )
