"""The API against its own OpenAPI document: no 5xx and no status that the document does not name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from movierec.wsgi import application

schema = schemathesis.openapi.from_wsgi("/schema", application)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@schema.parametrize()
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_the_document_names(
    case: schemathesis.Case, sign_in: Callable[[str], dict[str, str]]
) -> None:
    case.call_and_validate(headers=sign_in("fuzzed-person"), checks=CHECKS)
