from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
import time_machine

from apps.accounts import deletions
from apps.accounts.selectors import account_id
from apps.accounts.services import create_confirmed_account
from apps.ops import preparation

pytestmark = pytest.mark.usefixtures("cheap_scrypt", "tables")


def erase() -> str:
    output = io.StringIO()
    preparation._erase_due_accounts(output)
    return output.getvalue()


def test_a_local_start_erases_the_accounts_that_are_due_and_is_quiet_otherwise() -> None:
    with time_machine.travel(datetime(2027, 1, 15, tzinfo=UTC), tick=False) as clock:
        create_confirmed_account("ann@example.com", "correct horse battery", "ann-id")
        deletions.request("ann-id")
        assert erase() == ""
        assert account_id("ann@example.com") == "ann-id"
        clock.shift(7 * 24 * 3600)
        assert erase() == "Accounts erased whose deletion was due: 1."
        assert account_id("ann@example.com") is None
        assert erase() == ""
