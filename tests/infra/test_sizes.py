"""Templates fit into the requests that bring them: larger ones need a bucket, which a first deploy makes on its way."""

from __future__ import annotations

from infra.deployment.templates import LARGEST_BODY, compact
from infra.graph import PARTS
from tests.infra.variants import variants

# CloudFormation's limits for a template in S3.
LARGEST_FILE = 1_000_000
MOST_RESOURCES = 500


def test_what_is_deployed_before_there_is_a_bucket_fits_into_a_request_in_every_mode() -> None:
    before = PARTS[: [part.name for part in PARTS].index("compute") + 1]
    sizes = {
        f"{env} {part.name} {choice}": len(compact(stack.to_dict()).encode())
        for env in ("dev", "staging", "prod")
        for part in before
        for choice, stack in variants(env, part)
    }
    assert sizes
    assert {name: size for name, size in sizes.items() if size > LARGEST_BODY} == {}


def test_every_template_is_within_what_cloudformation_takes() -> None:
    for part in PARTS:
        for choice, stack in variants("prod", part):
            template = stack.to_dict()
            assert len(template["Resources"]) <= MOST_RESOURCES, (part.name, choice)
            assert len(compact(template).encode()) <= LARGEST_FILE, (part.name, choice)
