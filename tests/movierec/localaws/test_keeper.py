from __future__ import annotations

import asyncio
from typing import Any

import pytest

from movierec.localaws.keeper import Keeper, changes_state


def request(method: str = "POST", target: str | None = None) -> dict[str, Any]:
    headers = [(b"host", b"127.0.0.1")]
    if target is not None:
        headers.append((b"X-Amz-Target", target.encode()))
    return {"type": "http", "method": method, "headers": headers}


@pytest.mark.parametrize(
    "scope",
    [
        request(target="DynamoDB_20120810.PutItem"),
        request(target="DynamoDB_20120810.UpdateItem"),
        request(target="DynamoDB_20120810.BatchWriteItem"),
        request(target="DynamoDB_20120810.TransactWriteItems"),
        request(target="DynamoDB_20120810.CreateTable"),
        request(target="secretsmanager.PutSecretValue"),
        request("PUT"),
        request("DELETE"),
        request("POST"),
    ],
)
def test_writing_requests_change_the_state(scope: dict[str, Any]) -> None:
    assert changes_state(scope) is True


@pytest.mark.parametrize(
    "scope",
    [
        request("GET"),
        request("HEAD"),
        request(target="DynamoDB_20120810.GetItem"),
        request(target="DynamoDB_20120810.Query"),
        request(target="DynamoDB_20120810.Scan"),
        request(target="DynamoDB_20120810.BatchGetItem"),
        request(target="DynamoDB_20120810.TransactGetItems"),
        request(target="DynamoDB_20120810.DescribeTable"),
        request(target="secretsmanager.GetSecretValue"),
        {"type": "lifespan"},
        {"type": "websocket", "headers": []},
    ],
)
def test_reading_requests_do_not(scope: dict[str, Any]) -> None:
    assert changes_state(scope) is False


async def nothing() -> dict[str, Any]:
    return {}


async def nowhere(_: Any) -> None:
    return


@pytest.mark.parametrize(("method", "saved"), [("PUT", 1), ("GET", 0)])
def test_the_last_saving_happens_when_something_changed(method: str, saved: int) -> None:
    savings = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        assert savings == []

    keeper = Keeper(application, lambda: savings.append("saved") is None)
    asyncio.run(keeper(request(method), nothing, nowhere))  # type: ignore[arg-type]
    keeper.save_last()
    assert savings == ["saved"] * saved


def test_a_request_that_fails_counts_as_a_change() -> None:
    savings = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        raise ValueError

    keeper = Keeper(application, lambda: savings.append("saved") is None)
    with pytest.raises(ValueError):  # noqa: PT011 -- the application's own
        asyncio.run(keeper(request("PUT"), nothing, nowhere))  # type: ignore[arg-type]
    keeper.save_last()
    assert savings == ["saved"]
