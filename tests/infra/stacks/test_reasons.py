"""Reasons for what checkers say: about rules that speak up somewhere, and true in every mode they stand in."""

from __future__ import annotations

from infra.stacks import _reasons
from infra.suppressions import Suppression

REASONS = [value for value in vars(_reasons).values() if isinstance(value, Suppression)]
# No template of any mode breaks them.
SILENT = {
    "AwsSolutions-COG3",
    "AwsSolutions-SNS2",
    "CKV2_AWS_29",
    "CKV2_AWS_57",
    "CKV_AWS_297",
    "CKV_AWS_309",
    "CKV_AWS_319",
}


def test_no_rule_is_silenced_that_never_speaks() -> None:
    assert SILENT & {rule for reason in REASONS for rule in reason.rules} == set()


def test_the_stars_are_all_named() -> None:
    assert "tables that a restore test makes" in _reasons.STARS.reason


def test_what_slows_guesses_past_the_service_is_cognito_alone() -> None:
    assert "Cognito's own lockout alone" in _reasons.OWN_LIMITS_ON_GUESSES.reason


def test_one_origin_is_explained_for_both_kinds_of_sites() -> None:
    assert "application, which answers / itself" in _reasons.ONE_ORIGIN.reason
    assert "single-page application with its index.html" in _reasons.ONE_ORIGIN.reason
