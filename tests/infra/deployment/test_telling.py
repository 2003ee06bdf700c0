"""The words for what CloudFormation says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import botocore.session
import pytest

from infra.deployment.changes import Change
from infra.deployment.telling import event_line, listed, reason_of, status_words


def event(**changes: Any) -> dict[str, Any]:
    return {
        "Timestamp": datetime(2026, 1, 1, 9, 5, 7, tzinfo=UTC),
        "LogicalResourceId": "Things",
        "ResourceType": "AWS::DynamoDB::Table",
        "ResourceStatus": "CREATE_COMPLETE",
        **changes,
    }


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("CREATE_IN_PROGRESS", "is being made"),
        ("UPDATE_ROLLBACK_COMPLETE", "is as before"),
        ("UPDATE_ROLLBACK_FAILED", "could not be put back"),
        ("DELETE_SKIPPED", "is kept"),
        ("SOMETHING_NEW", "SOMETHING_NEW"),
    ],
)
def test_a_status_in_words(status: str, words: str) -> None:
    assert status_words(status) == words


def test_every_status_of_a_stack_has_words() -> None:
    model = botocore.session.get_session().get_service_model("cloudformation")
    for status in model.shape_for("StackStatus").enum:
        assert status_words(status) != status


def test_an_event_is_one_line_and_a_failure_has_its_reason() -> None:
    assert event_line(event()) == "  09:05:07  Things (DynamoDB Table) is made"
    reason = "Table exists\n already (Service: DynamoDb, Status Code: 400, Request ID: 1) (SDK Attempt Count: 1)"
    failed = event(ResourceStatus="CREATE_FAILED", ResourceStatusReason=reason)
    assert event_line(failed) == "  09:05:07  Things (DynamoDB Table) could not be made: Table exists already"


def test_a_failure_without_a_reason_says_so() -> None:
    assert reason_of({}) == "AWS gives no reason"


def test_words_in_a_list() -> None:
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (Change("Add", "Q", "AWS::SQS::Queue"), "  + Q (SQS Queue) is new"),
        (Change("Import", "Q", "AWS::SQS::Queue"), "  + Q (SQS Queue) exists already and is taken in"),
        (Change("Remove", "Q", "AWS::SQS::Queue", fate="Delete"), "  - Q (SQS Queue) is removed, with what is in it"),
        (Change("Remove", "Q", "AWS::SQS::Queue"), "  - Q (SQS Queue) is removed, with what is in it"),
        (
            Change("Remove", "Q", "AWS::SQS::Queue", fate="Retain"),
            "  - Q (SQS Queue) leaves the stack and is kept in AWS",
        ),
        (
            Change("Modify", "Q", "AWS::SQS::Queue", ("Delay: 1 → 2", "Tags")),
            "  ~ Q (SQS Queue) changes: Delay: 1 → 2 and Tags",
        ),
        (
            Change("Modify", "Q", "AWS::SQS::Queue", (), "Conditional"),
            "  ~ Q (SQS Queue) changes: its details; it may be replaced",
        ),
        (
            Change("Modify", "Q", "AWS::SQS::Queue", ("QueueName",), "True"),
            "  ! Q (SQS Queue) is REPLACED, because of QueueName; the old one is removed",
        ),
        (
            Change("Modify", "T", "AWS::DynamoDB::Table", ("KeySchema",), "True", "ReplaceAndRetain"),
            "  ! T (DynamoDB Table) is REPLACED, because of KeySchema; the old one is kept",
        ),
    ],
)
def test_a_change_in_words(change: Change, line: str) -> None:
    assert str(change) == line


@pytest.mark.parametrize(
    ("change", "loses"),
    [
        (Change("Remove", "T", "AWS::DynamoDB::Table"), True),
        (Change("Modify", "T", "AWS::Cognito::UserPool", replaces="True"), True),
        (Change("Modify", "T", "AWS::DynamoDB::Table", replaces="Conditional"), False),
        (Change("Modify", "T", "AWS::DynamoDB::Table"), False),
        (Change("Add", "T", "AWS::DynamoDB::Table"), False),
        (Change("Remove", "Q", "AWS::SQS::Queue"), False),
    ],
)
def test_only_a_table_or_a_pool_that_goes_loses_data(change: Change, loses: bool) -> None:
    assert change.loses is loses
