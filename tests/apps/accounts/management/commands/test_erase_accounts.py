from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from apps.accounts import deletions
from apps.accounts.providers import provider
from apps.accounts.selectors import account_id
from apps.accounts.services import create_confirmed_account
from movierec.telemetry.access import mark_of

pytestmark = pytest.mark.usefixtures("cheap_scrypt", "tables")

NOW = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)


def run() -> str:
    out = io.StringIO()
    call_command("erase_accounts", stdout=out)
    return out.getvalue()


def leave(*names: str) -> None:
    for name in names:
        create_confirmed_account(f"{name}@example.com", "correct horse battery", f"{name}-id")
        deletions.request(f"{name}-id")


def test_nothing_due_is_no_error() -> None:
    create_confirmed_account("cara@example.com", "correct horse battery")
    assert run() == "Accounts erased: 0.\n"
    assert account_id("cara@example.com")


def test_each_erased_account_gets_a_line_that_names_nobody() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        leave("ann", "bob")
        assert run() == "Accounts erased: 0.\n"
        clock.shift(7 * 24 * 3600)
        assert run() == (
            f"Erased the account of the user {mark_of('ann-id')}.\n"
            f"Erased the account of the user {mark_of('bob-id')}.\nAccounts erased: 2.\n"
        )
        assert run() == "Accounts erased: 0.\n"
    assert account_id("ann@example.com") is None


@pytest.fixture
def use_provider(settings: Any) -> Iterator[Callable[[str], None]]:
    """Has the accounts kept by another provider from here on."""

    def use(path: str) -> None:
        settings.IDENTITY_PROVIDERS = {"local": path}
        provider.cache_clear()

    yield use
    provider.cache_clear()


def test_a_provider_that_does_not_answer_stops_it_and_the_next_run_goes_on(use_provider: Callable[[str], None]) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        leave("ann")
        clock.shift(7 * 24 * 3600)
        use_provider("tests.apps.accounts.stand_in_providers.DownProvider")
        with pytest.raises(CommandError) as caught:
            run()
        assert str(caught.value) == "Stopped after 0 accounts: The service cannot reach its data; try again shortly."
        use_provider("apps.accounts.providers.local.provider.LocalProvider")
        assert run() == f"Erased the account of the user {mark_of('ann-id')}.\nAccounts erased: 1.\n"
