"""The deployment bucket, which large templates and releases go through."""

from __future__ import annotations

import re

import pytest

from infra import names
from infra.deployment import templates
from infra.deployment.aws import Aws
from infra.deployment.telling import Trouble

pytestmark = pytest.mark.embedded


def test_a_bucket_that_is_missing_is_named_with_what_makes_it(embedded: Aws) -> None:
    bucket = names.bucket(embedded.config, "deployment")
    with pytest.raises(Trouble, match=re.escape(f"The bucket {bucket} is not there: deploy the stack compute first.")):
        templates.must_have_bucket(embedded)
    region = {"LocationConstraint": embedded.config.region}
    embedded.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=region)
    templates.must_have_bucket(embedded)
