from __future__ import annotations

from pathlib import Path

import pytest

from scripts import environments, installer
from scripts.commands import CARRIED, DEVELOPING, EMULATOR, SERVING
from scripts.environments import Environment


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """An environment that needs no packages and so no network."""
    requirements = tmp_path / "base.txt"
    requirements.write_text("# nothing yet\n")
    return Environment(tmp_path / ".venv", (requirements,))


def test_a_half_made_environment_is_made_anew_then_kept_then_renewed(
    environment: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    leftover = environment.folder / "half"
    environment.folder.mkdir()
    leftover.touch()
    environment.mark.touch()
    environments.make_ready(environment)
    assert "Making .venv with Python" in capsys.readouterr().out
    assert environment.python.exists()
    assert not leftover.exists()
    assert not environment.mark.exists()

    environments.make_ready(environment)
    assert capsys.readouterr().out == ""

    environment.requirements[0].write_text("# something else\n")
    environments.make_ready(environment)
    assert capsys.readouterr().out.startswith("Installing 0 packages into .venv ...\n")


def test_a_stamp_that_cannot_be_read_is_not_trusted(environment: Environment) -> None:
    environment.folder.mkdir()
    for content in ("", "[]", '{"base.txt": "0"}'):
        environment.stamp.write_text(content)
        assert not environments._is_current(environment)


@pytest.mark.parametrize(
    ("configuration", "version"),
    [
        ("home = /usr/bin\nversion = 3.11.7\n", "3.11"),
        ("version_info = 3.12.1.final.0\n", "3.12"),
        ("home = /usr/bin\n", ""),
        ("", ""),
    ],
)
def test_the_python_of_an_environment_is_read(tmp_path: Path, configuration: str, version: str) -> None:
    (tmp_path / "pyvenv.cfg").write_text(configuration)
    assert environments._python_version(tmp_path) == version


def test_what_develops_also_serves() -> None:
    assert DEVELOPING.folder == SERVING.folder
    assert set(SERVING.requirements) < set(DEVELOPING.holds)
    assert EMULATOR.folder != SERVING.folder


def test_developing_pins_what_serving_pins() -> None:
    developing = pins(DEVELOPING)
    assert len(developing) > 50
    for pin in pins(SERVING):
        assert pin in developing


def pins(environment: Environment) -> set[str]:
    """The pins of an environment, with the conditions they carry."""
    lines = (line for path in environment.requirements for line in path.read_text(encoding="utf-8").splitlines())
    return {line.split(";")[0].rstrip(" \\") for line in lines if "==" in line and line[0].isalnum()}


def test_what_a_function_carries_is_fetched_once_and_for_lambdas_system(
    environment: Environment, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []

    def install(_python: Path, _folder: Path, _requirements: tuple[Path, ...], options: tuple[str, ...]) -> None:
        asked.append(options)

    monkeypatch.setattr(installer, "install", install)
    leftover = environment.folder / "lib" / "python3.11" / "site-packages" / "half"
    leftover.mkdir(parents=True)
    environment.mark.touch()
    for _ in range(2):
        environments.fill_for_lambda(environment, Path("python"))
    assert len(asked) == 1
    assert asked[0][:3] == ("--target", str(leftover.parent), "--platform=manylinux2014_x86_64")
    assert leftover.parent.is_dir()
    assert not leftover.exists()
    assert not environment.mark.exists()
    environment.requirements[0].write_text("# something else\n")
    environments.fill_for_lambda(environment, Path("python"))
    assert len(asked) == 2


def test_a_function_carries_what_serves_here_and_zappas_handler() -> None:
    carried = pins(CARRIED)
    base = Environment(SERVING.folder, SERVING.requirements[:1])
    assert pins(base) < carried
    assert {pin.split("==")[0] for pin in carried - pins(base)} == {"durationpy", "markupsafe", "werkzeug", "zappa"}
    # And what Zappa is here it is there.
    assert carried <= pins(DEVELOPING)
