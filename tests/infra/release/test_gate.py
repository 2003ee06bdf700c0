from __future__ import annotations

import platform
import sys
from pathlib import Path

import pytest

from infra.config import Config
from infra.deployment.telling import Trouble
from infra.release import contents, gate
from tests.infra.release import tiny


def test_a_package_that_answers_passes(config: Config, tmp_path: Path) -> None:
    gate.must_answer(config, tiny.unpacked(tmp_path, tiny.files()))


@pytest.mark.parametrize(
    "more",
    [
        "import nowhere_to_be_found",
        # What only a function deep inside imports, and so no request of the gate.
        "def later():\n    from nowhere_to_be_found import thing",
    ],
)
def test_a_missing_module_is_named(config: Config, tmp_path: Path, more: str) -> None:
    with pytest.raises(Trouble, match=r"^The package lacks the module nowhere_to_be_found \(No module named"):
        gate.must_answer(config, tiny.unpacked(tmp_path, tiny.files(more=more)))


def test_what_is_installed_here_does_not_help_a_package(config: Config, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="lacks the module django"):
        gate.must_answer(config, tiny.unpacked(tmp_path, tiny.files(more="import django")))


def test_what_only_training_imports_is_not_missed(config: Config, tmp_path: Path) -> None:
    gate.must_answer(config, tiny.unpacked(tmp_path, tiny.files(more="def later():\n    import numpy.linalg")))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('200, {"openapi"', '500, {"openapi"'), "/schema is answered with 500"),
        (('"NotFound"', "None"), "an unknown path is answered"),
        (('"exitCode": 0', '"exitCode": 1'), r"`manage.py check` answers \{'exitCode': 1\}"),
        (("import json", "raise RuntimeError('The sky fell')"), "The sky fell"),
    ],
)
def test_a_package_that_answers_otherwise_is_refused(
    config: Config, tmp_path: Path, change: tuple[str, str], sentence: str
) -> None:
    sources = tiny.files()
    old, new = change
    name = "movierec/serverless/handler.py"
    assert old in sources[name]
    sources[name] = sources[name].replace(old, new).replace('{"code": None}', '{"kind": 1}')
    with pytest.raises(Trouble, match=sentence):
        gate.must_answer(config, tiny.unpacked(tmp_path, sources))


def test_a_package_that_asks_the_network_gets_nowhere(config: Config, tmp_path: Path) -> None:
    more = "import socket\nsocket.create_connection(('127.0.0.1', 9))"
    with pytest.raises(Trouble, match="There is no network while a package is tried"):
        gate.must_answer(config, tiny.unpacked(tmp_path, tiny.files(more=more)))


def test_data_of_a_service_that_cannot_be_used_is_found(config: Config, tmp_path: Path) -> None:
    sources = tiny.files()
    sources["boto3.py"] = sources["boto3.py"].replace(
        "raise EndpointConnectionError", "raise KeyError('documentation')"
    )
    with pytest.raises(Trouble, match="KeyError: 'documentation'"):
        gate.must_answer(config, tiny.unpacked(tmp_path, sources))


def test_a_package_of_the_allowed_size_fits_and_a_larger_one_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tiny.unpacked(tmp_path / "x", {"a.py": "1" * 1000})
    archive = tmp_path / "x.zip"
    contents.pack(folder, archive)
    gate.must_fit(archive, folder)
    monkeypatch.setattr(gate, "LARGEST_UNPACKED", 1000)
    gate.must_fit(archive, folder)
    monkeypatch.setattr(gate, "LARGEST_UNPACKED", 999)
    with pytest.raises(Trouble, match="The package is too large"):
        gate.must_fit(archive, folder)
    monkeypatch.undo()
    monkeypatch.setattr(gate, "LARGEST_ZIP", archive.stat().st_size - 1)
    with pytest.raises(Trouble, match="The package is too large"):
        gate.must_fit(archive, folder)


def test_a_package_that_serves_its_files_itself_has_all_of_them(tmp_path: Path) -> None:
    static = tmp_path / "build" / "static"
    static.mkdir(parents=True)
    (static / "a.1.css").touch()
    gate.must_carry(tmp_path, {"a.1.css", "a.1.js.map"})
    with pytest.raises(Trouble, match=r"^The package lacks b\.2\.css, which its pages link"):
        gate.must_carry(tmp_path, {"a.1.css", "b.2.css"})


@pytest.mark.parametrize(("minor", "fits"), [(26, True), (27, False)])
def test_a_library_for_a_newer_system_than_lambdas_is_refused(tmp_path: Path, minor: int, fits: bool) -> None:
    folder = tiny.unpacked(tmp_path / "x", {"rust.abi3.so": f"GLIBC_2.{minor}"})
    archive = tmp_path / "x.zip"
    contents.pack(folder, archive)
    if fits:
        gate.must_fit(archive, folder)
    else:
        with pytest.raises(Trouble, match=r"^rust.abi3.so needs glibc 2.27, and Lambda's Python has 2.26"):
            gate.must_fit(archive, folder)


def test_another_machine_is_told_where_to_build(monkeypatch: pytest.MonkeyPatch) -> None:
    gate_of_lambda = (platform.system(), platform.machine(), sys.version_info[:2])
    assert gate_of_lambda == ("Linux", "x86_64", (3, 11)), "these tests run where packages are built"
    gate.must_be_like_lambda()
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    with pytest.raises(Trouble, match=r"^The package is for Python 3.11 on Linux x86_64, and this is .* Linux arm64"):
        gate.must_be_like_lambda()
