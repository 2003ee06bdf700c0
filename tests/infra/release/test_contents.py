from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from infra.release import contents
from infra.release.settings import ROOT
from tests.infra.release import tiny

PACKAGES = frozenset({"django", "botocore", "boto3", "rest_framework", "yaml", "zappa", "pip", "django-5.2.dist-info"})


@pytest.mark.parametrize(
    "name",
    [
        "apps/media/api/titles.py",
        "apps/media/providers/demo/titles/series.jsonl",
        "apps/web/templates/web/front.html",
        "movierec/wsgi.py",
        "manage.py",
        "zappa_settings.py",
        "build/static/staticfiles.json",
        "botocore/cacert.pem",
        "botocore/data/endpoints.json",
        "botocore/data/dynamodb/2012-08-10/service-2.json.gz",
        # Known to be asked for, whatever the language is.
        "django/conf/locale/__init__.py",
        "django/conf/locale/en/formats.py",
        "django/contrib/admin/__init__.py",
        "zappa/handler.py",
    ],
)
def test_what_a_function_needs_stays(name: str) -> None:
    assert contents.keeps(name, PACKAGES)


@pytest.mark.parametrize(
    "name",
    [
        ".env",
        ".coverage",
        ".local/keys/secret_key",
        "README.md",
        "infra/names.py",
        "tests/conftest.py",
        "zappa_settings.json",
        "package_info.json",
        "requirements/base.txt",
        "apps/recommendations/training/fit.py",
        "apps/web/static/web/movierec.css",
        "apps/media/__pycache__/titles.cpython-311.pyc",
        "build/static/web/movierec.0123456789ab.css",
        "build/dev/package.zip",
        "botocore/data/ec2/2016-11-15/service-2.json.gz",
        "botocore/data/dynamodb/2012-08-10/examples-1.json.gz",
        "boto3/data/ec2/2016-11-15/resources-1.json",
        "django/conf/locale/de/LC_MESSAGES/django.mo",
        "django/conf/locale/es/formats.py",
        "django/conf/locale/en_GB/formats.py",
        "django-5.2.dist-info/METADATA",
        "pip/__init__.py",
        "zappa/cli.py",
    ],
)
def test_what_no_function_needs_goes(name: str) -> None:
    assert not contents.keeps(name, PACKAGES)


def test_static_files_stay_where_nobody_else_serves_them() -> None:
    assert contents.keeps("build/static/web/movierec.0123456789ab.css", PACKAGES, static_files=True)
    assert not contents.keeps("build/static/swagger-ui.js.map", PACKAGES, static_files=True)


def test_botocore_knows_the_services_that_the_application_asks() -> None:
    sources = [
        path.read_text(encoding="utf-8") for room in ("apps", "movierec") for path in (ROOT / room).rglob("*.py")
    ]
    asked = {name for source in sources for name in re.findall(r'\bclient\("([a-z0-9-]+)"', source)}
    # PynamoDB makes the client of this one.
    assert asked | {"dynamodb"} == set(contents.SERVICES)


def test_a_model_of_a_service_loses_its_texts_and_nothing_else(tmp_path: Path) -> None:
    model = {
        "documentation": "<p>Long</p>",
        "clientContextParams": {"Accelerate": {"type": "boolean", "documentation": "What it does"}},
        # A member that has this name.
        "shapes": {"Part": {"members": {"documentation": {"shape": "String"}}, "required": ["documentation"]}},
    }
    endpoints = {"partitions": [{"partition": "aws", "services": {"dynamodb": {"a": 1}, "ec2": {"b": 2}}}]}
    data = tmp_path / "data"
    put(data / "dynamodb" / "2012-08-10" / "service-2.json.gz", gzip.compress(json.dumps(model).encode()))
    put(data / "endpoints.json", json.dumps(endpoints).encode())
    contents.lighten(data)
    left = json.loads(gzip.decompress((data / "dynamodb" / "2012-08-10" / "service-2.json.gz").read_bytes()))
    assert left == {
        "documentation": "",
        "clientContextParams": {"Accelerate": {"type": "boolean", "documentation": ""}},
        "shapes": {"Part": {"members": {"documentation": {"shape": "String"}}, "required": ["documentation"]}},
    }
    known = json.loads((data / "endpoints.json").read_bytes())
    assert known == {"partitions": [{"partition": "aws", "services": {"dynamodb": {"a": 1}}}]}


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_equal_contents_make_equal_packages_whose_bytecode_is_taken_unseen(tmp_path: Path) -> None:
    hashes = []
    for place in ("one", "two"):
        folder = tiny.unpacked(tmp_path / place, {**tiny.files(), "apps/a.py": "SET = {'a', 'b', 'c'}\n"})
        contents.compile_all(folder)
        contents.pack(folder, tmp_path / f"{place}.zip")
        hashes.append((tmp_path / f"{place}.zip").read_bytes())
    assert hashes[0] == hashes[1]
    with ZipFile(tmp_path / "one.zip") as zipped:
        names = zipped.namelist()
        bytecode = zipped.read("boto3.pyc")
        assert {info.date_time for info in zipped.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr >> 16 for info in zipped.infolist()} == {0o100644}
    assert names == sorted(names)
    # The second word says how the source is looked at: hash-based, and not checked.
    assert int.from_bytes(bytecode[4:8], "little") == 1
    assert "boto3.py" not in names
    assert "apps/a.py" in names
    assert "apps/__pycache__/a.cpython-311.pyc" in names


def test_tracebacks_name_the_files_as_they_are_on_lambda(tmp_path: Path) -> None:
    folder = tiny.unpacked(tmp_path / "package", {"boto3.py": "def fail():\n    raise ValueError\n"})
    contents.compile_all(folder)
    code = f"import sys; sys.path.insert(0, {str(folder)!r}); import boto3; print(boto3.fail.__code__.co_filename)"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "/var/task/boto3.py"


@pytest.mark.parametrize(
    ("libraries", "found"),
    [
        ({}, (0, "")),
        ({"a.so": b"\x00GLIBC_2.17\x00GLIBC_2.2.5\x00", "b.cpython-311.so": b"GLIBC_2.34"}, (34, "b.cpython-311.so")),
    ],
)
def test_the_system_that_libraries_want_is_read(tmp_path: Path, libraries: dict[str, bytes], found: Any) -> None:
    for name, content in libraries.items():
        put(tmp_path / "x" / name, content)
    assert contents.newest_glibc(tmp_path) == found
