from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from moto.core.botocore_stubber import BotocoreStubber
from pynamodb.exceptions import DeleteError, TransactWriteError
from pynamodb.transactions import TransactWrite

from apps.accounts.models import EmailClaim
from apps.accounts.providers.local.provider import LocalProvider
from movierec.api.errors import Unavailable
from movierec.dynamo.transactions import delete_if, write_together

Refuse = Callable[..., list[str]]


@pytest.fixture
def refuse(tables: None, monkeypatch: pytest.MonkeyPatch) -> Refuse:
    """Lets DynamoDB cancel the next transactions, each for one of the reasons; answers those not used yet."""
    waiting: list[str] = []
    serve = BotocoreStubber.process_request

    def cancel_or_serve(self: BotocoreStubber, request: Any) -> Any:
        if not waiting or not request.headers["X-Amz-Target"].endswith(b"TransactWriteItems"):
            return serve(self, request)
        body = {
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "CancellationReasons": [{"Code": waiting.pop(0)}, {"Code": "None"}],
        }
        return 400, {"Content-Type": "application/x-amz-json-1.0"}, orjson.dumps(body)

    def plan(*reasons: str) -> list[str]:
        waiting.extend(reasons)
        return waiting

    monkeypatch.setattr(BotocoreStubber, "process_request", cancel_or_serve)
    return plan


def fill(transaction: TransactWrite) -> None:
    transaction.save(
        EmailClaim("EMAIL#a@example.com", "ACCOUNT", user_id="a"), condition=EmailClaim.pk.does_not_exist()
    )
    transaction.save(
        EmailClaim("EMAIL#b@example.com", "ACCOUNT", user_id="b"), condition=EmailClaim.pk.does_not_exist()
    )


def test_all_is_written(tables: None, rows: Callable[[], list[Any]]) -> None:
    assert write_together(fill)
    assert [row["userId"] for row in rows()] == ["a", "b"]


def test_nothing_is_written_when_one_condition_does_not_hold(tables: None, rows: Callable[[], list[Any]]) -> None:
    EmailClaim("EMAIL#b@example.com", "ACCOUNT", user_id="other").save()
    assert not write_together(fill)
    assert [row["userId"] for row in rows()] == ["other"]


def test_it_tries_again_while_another_transaction_holds_a_row(refuse: Refuse, rows: Callable[[], list[Any]]) -> None:
    left = refuse("TransactionConflict", "TransactionConflict")
    assert write_together(fill)
    assert left == []
    assert len(rows()) == 2


@pytest.mark.parametrize("reason", ["ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_busy_table_is_unavailable(refuse: Refuse, rows: Callable[[], list[Any]], reason: str) -> None:
    refuse(reason)
    with pytest.raises(Unavailable):
        write_together(fill)
    assert rows() == []


def test_a_mistake_of_ours_is_not_hidden(refuse: Refuse) -> None:
    refuse("ValidationError")
    with pytest.raises(TransactWriteError):
        write_together(fill)


def test_a_row_is_deleted_only_when_its_condition_holds(tables: None, rows: Callable[[], list[Any]]) -> None:
    claim = EmailClaim("EMAIL#a@example.com", "ACCOUNT", user_id="a")
    claim.save()
    before = rows()
    assert not delete_if(claim, EmailClaim.user_id == "b")
    assert rows() == before
    assert delete_if(claim, EmailClaim.user_id == "a")
    assert rows() == []
    assert not delete_if(claim, EmailClaim.user_id == "a")


def test_another_fault_of_a_delete_is_not_hidden(tables: None, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = (400, {}, orjson.dumps({"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}))
    monkeypatch.setattr(BotocoreStubber, "process_request", lambda *_: fault)
    with pytest.raises(DeleteError):
        delete_if(EmailClaim("EMAIL#a@example.com", "ACCOUNT"), EmailClaim.pk.exists())


def test_who_loses_every_race_for_an_address_is_told_to_come_again(
    refuse: Refuse, cheap_scrypt: None, rows: Callable[[], list[Any]]
) -> None:
    refuse(*["ConditionalCheckFailed"] * 5)
    with pytest.raises(Unavailable):
        LocalProvider().sign_up("bob@example.com", "a good password")
    assert [row["sk"].partition("#")[0] for row in rows()] == ["MAILS"]


def test_who_loses_a_race_once_registers_after_it(refuse: Refuse, cheap_scrypt: None) -> None:
    refuse("ConditionalCheckFailed")
    assert len(LocalProvider().sign_up("bob@example.com", "a good password")) == 36
