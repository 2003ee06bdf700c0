from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import moto
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import override_settings

from apps.accounts import services as accounts
from apps.accounts.caller import NOBODY
from apps.accounts.directory import directory
from apps.accounts.providers.interface import Tokens
from apps.lists.selectors import all_interactions, history
from apps.media import selectors as media
from apps.media.providers.demo import DemoCatalogue
from apps.ops import demo
from apps.ops.errors import NotLocal
from apps.preferences import selectors as preferences
from apps.preferences import services as preference_writes
from apps.preferences.serializers import PreferencesSerializer
from movierec.dynamo.data_table import DataRow
from movierec.dynamo.registry import create_missing_tables

VIEWERS = 3
REPOSITORY = Path(__file__).resolve().parents[3]
AWS_PYTHON = REPOSITORY / ".venv-aws" / "bin" / "python"


class SmallCatalogue:
    """Every twelfth title of the demo."""

    def titles(self) -> Any:
        return iter(list(DemoCatalogue().titles())[::12])

    def version(self) -> str:
        return "small"


class StopsAt(io.StringIO):
    """A terminal on which somebody presses Ctrl-C once a step begins."""

    def __init__(self, step: str) -> None:
        super().__init__()
        self.step = step

    def write(self, text: str) -> int:
        if self.step in text:
            raise KeyboardInterrupt
        return super().write(text)


@pytest.fixture(autouse=True)
def _own_state(settings: Any, tmp_path: Path) -> None:
    settings.STATE_DIR = tmp_path


def load(output: io.StringIO | None = None) -> bool:
    return demo.ensure_demo_loaded(output or io.StringIO(), catalogue=SmallCatalogue(), viewers=VIEWERS)


def everything() -> dict[str, Any]:
    """What the demo leaves in the tables, without times."""
    return {
        "titles": sorted(media.all_titles(), key=lambda title: title.key),
        "lists": sorted((user, key, kind, stars or 0.0) for user, key, kind, stars, _ in all_interactions()),
        "preferences": preferences.stored("demo-1"),
    }


def test_the_demo_fills_every_place(tables: None) -> None:
    output = io.StringIO()
    assert load(output) is True
    found = everything()
    assert len(found["titles"]) == len(list(SmallCatalogue().titles()))
    assert {user for user, *_ in found["lists"]} == {f"demo-{number}" for number in range(1, VIEWERS + 1)}
    assert {kind for _, _, kind, _ in found["lists"]} == {"favourite", "watchlist", "rating"}
    ratings = [row for row in found["lists"] if row[2] == "rating"]
    assert sum(title.vote_count for title in found["titles"]) == len(ratings)
    listing = media.listing("top_rated", "tv", page=1, limit=5)
    assert listing is not None
    assert len(listing.items) == 5
    assert "3 invented viewers" in output.getvalue()


def test_the_account_signs_in_with_the_password_of_the_file(tables: None, tmp_path: Path) -> None:
    load()
    path = tmp_path / "keys" / "demo_password"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    password = path.read_text()
    assert len(password) >= 16
    assert accounts.sign_in(login="demo@example.com", password=password, caller=NOBODY).email == "demo@example.com"
    assert f"with the password     {password}\n" in demo.what_to_try("http://127.0.0.1:8000")
    assert len(history("demo-1").ratings) >= 15


def test_there_is_one_of_the_staff_in_each_group_with_the_same_password(tables: None, tmp_path: Path) -> None:
    load()
    password = (tmp_path / "keys" / "demo_password").read_text()
    for group in ("ops", "support"):
        tokens = accounts.sign_in(login=f"{group}@example.com", password=password, caller=NOBODY)
        assert isinstance(tokens, Tokens)
        assert directory().groups_of(tokens.user_id) == (group,)
    assert directory().groups_of("demo-1") == ()
    shown = demo.what_to_try("http://127.0.0.1:8000")
    assert "  Run it                http://127.0.0.1:8000/ops\n" in shown
    assert "  as                    ops@example.com or support@example.com, with the same password\n" in shown


def test_the_answers_are_valid_and_fit_the_first_viewer(tables: None) -> None:
    load()
    stored = preferences.stored("demo-1")
    assert stored == demo.PREFERENCES
    assert PreferencesSerializer(data=stored).is_valid()


def test_a_second_start_is_one_read(tables: None, operations: list[str]) -> None:
    load()
    before = everything()
    operations.clear()
    assert load() is False
    assert operations == ["GetItem"]
    assert everything() == before


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a load that nobody stopped leaves."""
    with moto.mock_aws(), override_settings(STATE_DIR=tmp_path_factory.mktemp("complete")):
        list(create_missing_tables())
        load()
        return everything()


@pytest.mark.parametrize(
    "step", ["Storing favourites", "Storing ratings", "Counting likes", "Making the demo accounts"]
)
def test_a_load_that_was_stopped_is_completed_by_the_next(complete: dict[str, Any], tables: None, step: str) -> None:
    with pytest.raises(KeyboardInterrupt):
        load(StopsAt(step))
    assert DataRow.get_row("JOB#load_demo", "1-small") is None
    assert load() is True
    assert everything() == complete


def test_answers_that_a_person_gave_stay(tables: None) -> None:
    preference_writes.save("demo-1", {"contentType": "tv"})
    load()
    assert preferences.stored("demo-1") == {"contentType": "tv"}


def test_outside_local_nothing_is_loaded(tables: None, settings: Any, operations: list[str]) -> None:
    settings.LOCAL = False
    settings.MOVIEREC_ENV = "staging"
    operations.clear()
    sentence = r"^The demo is for MOVIEREC_ENV=local; this is staging, so nothing was loaded\.$"
    with pytest.raises(NotLocal, match=sentence):
        load()
    with pytest.raises(CommandError, match="this is staging"):
        call_command("load_demo", stdout=io.StringIO())
    assert operations == []
    assert not (settings.STATE_DIR / "keys").exists()


@pytest.mark.embedded
@pytest.mark.skipif(not AWS_PYTHON.exists(), reason="The embedded AWS is not installed; make test installs it.")
def test_the_command_loads_the_whole_demo_once(tmp_path: Path) -> None:
    first, second = run("load_demo", tmp_path), run("load_demo", tmp_path)
    assert first.splitlines()[-1] == "The demo is loaded."
    assert second == "The demo was loaded before; nothing to do.\n"


def run(command: str, state: Path) -> str:
    """The output of a command of the project on an embedded AWS of its own."""
    settings = {"DJANGO_SETTINGS_MODULE": "movierec.settings", "MOVIEREC_ENV": "local"}
    environment = {**os.environ, **settings, "AWS_ENDPOINT_URL": "", "STATE_DIR": str(state)}
    arguments = [sys.executable, REPOSITORY / "manage.py", command]
    return subprocess.run(arguments, env=environment, capture_output=True, text=True, check=True).stdout
