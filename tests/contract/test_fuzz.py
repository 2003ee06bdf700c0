"""The API against its own OpenAPI document: no 5xx and no answer that the document does not describe."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from apps.accounts.services import create_confirmed_account
from apps.media.index.build import build_index
from apps.media.index_keeper import publish_index
from apps.media.titles import CatalogueTitle, FullTitle
from movierec.wsgi import application

FILM = CatalogueTitle("movie", 603, "A Film", "demo", cast=("A Player",), genres=(28,), release_date="1999-03-31")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = {
    found.ok().label: found.ok()
    for found in schemathesis.openapi.from_wsgi("/schema", application).get_all_operations()
}
WITH_INPUT = {
    label for label, operation in OPERATIONS.items() if operation.body or next(operation.iter_parameters(), None)
}
GOOD = [pytest.param(label, GenerationMode.POSITIVE, id=f"good {label}") for label in sorted(OPERATIONS)]
BAD = [pytest.param(label, GenerationMode.NEGATIVE, id=f"bad {label}") for label in sorted(WITH_INPUT)]


@pytest.mark.parametrize(("label", "mode"), [*GOOD, *BAD])
def test_every_answer_is_one_the_document_describes(
    label: str, mode: GenerationMode, sign_in: Callable[[str], dict[str, str]], cheap_scrypt: None
) -> None:
    create_confirmed_account("fuzzed@example.com", "correct horse battery", "fuzzed-person")
    publish_index(build_index([FullTitle(FILM)], built_at="2026-05-01T12:00:00.000Z"))
    headers = sign_in("fuzzed-person")

    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    def answers_as_described(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    answers_as_described()
