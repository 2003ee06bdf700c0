"""What a package carries: which files of Zappa's zip stay, with bytecode that Lambda's Python takes as it is."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# The services of AWS that the application asks, each with a call by which the gate tries its data. botocore knows four
# hundred; a test finds each of these in the sources, and no other.
SERVICES: Final = {
    "budgets": "describe_budgets",
    "cognito-idp": "get_user",
    "dynamodb": "list_tables",
    "lambda": "list_functions",
    "s3": "list_buckets",
    "secretsmanager": "list_secrets",
    "sesv2": "get_account",
    "sts": "get_caller_identity",
}
# By the names that their addresses begin with, which botocore lists them by.
_ADDRESSED: Final = ("budgets", "cognito-idp", "dynamodb", "email", "lambda", "s3", "secretsmanager", "sts")
_STATIC: Final = "build/static/"
MANIFEST: Final = f"{_STATIC}staticfiles.json"
# What of the project's own files a Lambda needs; all others that stand in the folder stay at home.
_OWN: Final = (
    "apps/*",
    "movierec/*",
    # By this the pages link the static files, which are served elsewhere.
    MANIFEST,
    "manage.py",
    # Zappa's.
    "zappa_settings.py",
)
_NEVER_OWN: Final = (
    "apps/recommendations/training/*",
    "apps/*/static/*",
    # These run in the embedded AWS's own environment.
    "movierec/localaws/emulator.py",
    "movierec/localaws/store.py",
)
# What of the packages nothing on a Lambda asks for. Each was tried: the gate goes through the package that is left.
_UNUSED: Final = (
    "REVISION",
    "bin/*",
    "share/*",
    "*.dist-info/*",
    "*.egg-info/*",
    "*.pyi",
    "*.pyx",
    "*.pxd",
    "*.md",
    "*.c",
    "*.h",
    "*/tests/*",
    "pip/*",
    "setuptools/*",
    "pkg_resources/*",
    "_distutils_hack/*",
    "wheel/*",
    "troposphere/*",
    # Texts of languages that no setting asks for; English stays, which is asked for whatever is set.
    "django/conf/locale/[!e_]*/*",
    "django/conf/locale/e[!n]*/*",
    "django/conf/locale/en_*/*",
    "django/contrib/*/locale/*",
    "rest_framework/locale/*",
    "django/contrib/gis/*",
    "django/contrib/postgres/*",
    "django/contrib/flatpages/*",
    "django/contrib/humanize/*",
    "django/contrib/admin/static/*",
    "django/contrib/admin/templates/*",
    "django/contrib/admindocs/templates/*",
    "django/contrib/*/migrations/*",
    # Collected into build/static, from where they are served.
    "rest_framework/static/*",
    "drf_spectacular_sidecar/static/*",
    "boto3/data/*",
    "boto3/examples/*",
    "botocore/data/*/examples-1.json*",
    # What Zappa has for the machine that deploys.
    "zappa/cli.py",
    "zappa/core.py",
    "zappa/letsencrypt.py",
    "zappa/policies/*",
    # PyYAML writes /schema in Python either way.
    "yaml/_yaml*.so",
    "_yaml/*",
    # cryptography needs cffi's library alone.
    "cffi/*",
    "pycparser/*",
    # Only the command that checks the schema's document imports these.
    "attr/*",
    "attrs/*",
    "jsonschema/*",
    "jsonschema_specifications/*",
    "referencing/*",
    "rpds/*",
    # Only django-csp's checks of settings do, which would need the metadata of packages, too.
    "packaging/*",
    "django/db/backends/mysql/*",
    "django/db/backends/oracle/*",
    "django/db/backends/postgresql/*",
    "django/db/backends/sqlite3/*",
    "werkzeug/debug/*",
    "*/LICENSE*",
)
_WITH_SOURCE: Final = ("apps", "movierec", "manage.py", "zappa_settings.py")
_DATA: Final = "botocore/data/"
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
_EVERYONE_READS: Final = 0o100644 << 16
# Where Lambda unpacks, so that a traceback names the file that is there.
TASK_ROOT: Final = "/var/task"


def keeps(name: str, packages: frozenset[str], *, static_files: bool = False) -> bool:
    """Whether a file of the zip stays. `packages` are the first parts of the paths that packages have."""
    if name.endswith((".pyc", ".pyo")) or "__pycache__" in name:
        return False
    if name.startswith(_DATA):
        return _is_data_used(name.removeprefix(_DATA))
    if any(fnmatch(name, pattern) for pattern in _UNUSED):
        return False
    if name.split("/", maxsplit=1)[0] in packages:
        return True
    if name.startswith(_STATIC) and name != MANIFEST:
        return static_files and not name.endswith(".map")
    return any(fnmatch(name, one) for one in _OWN) and not any(fnmatch(name, one) for one in _NEVER_OWN)


def _is_data_used(name: str) -> bool:
    service, slash, rest = name.partition("/")
    return not slash or (service in SERVICES and "examples" not in rest)


def packages_in(site: Path) -> frozenset[str]:
    """The first parts of the paths of what is installed in a folder of packages."""
    return frozenset(entry.name for entry in site.iterdir())


def extract(archive: Path, folder: Path, wanted: Callable[[str], bool] = bool) -> None:
    """Unpacks the files of a zip that are wanted, all where nothing is said, into a new folder."""
    shutil.rmtree(folder, ignore_errors=True)
    with ZipFile(archive) as zipped:
        for name in filter(wanted, zipped.namelist()):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(zipped.read(name))


def lighten(data: Path) -> None:
    """Takes out of botocore's data what only people read, and the addresses of services that are not asked.

    The first client of a process waits for this data to be read: 35 ms for the addresses of every service alone.
    """
    for path in data.glob("*/*/service-2.json.gz"):
        path.write_bytes(
            gzip.compress(_as_json(_without_texts(json.loads(gzip.decompress(path.read_bytes())))), mtime=0)
        )
    addresses = data / "endpoints.json"
    if addresses.exists():
        known = json.loads(addresses.read_bytes())
        for partition in known["partitions"]:
            partition["services"] = {name: one for name, one in partition["services"].items() if name in _ADDRESSED}
        addresses.write_bytes(_as_json(known))


def _without_texts(value: Any) -> Any:
    """A model of a service with its descriptions empty; botocore looks some of them up, so they stay."""
    if isinstance(value, list):
        return [_without_texts(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        key: "" if key == "documentation" and isinstance(inner, str) else _without_texts(inner)
        for key, inner in value.items()
    }


def _as_json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def compile_all(folder: Path) -> None:
    """Compiles every source to bytecode that Python takes without looking at the source's time or size.

    The project's own sources stay, so that a traceback has their lines. Packages go without, which is a fifth of the
    zip: a traceback names their lines by number. Raises CalledProcessError for a source that is not Python.
    """
    own = [str(folder / name) for name in _WITH_SOURCE if (folder / name).exists()]
    others = "|".join(re.escape(name) for name in own)
    _compile(folder, "-b", "-x", f"^({others})" if own else "^$", str(folder))
    for source in folder.rglob("*.py"):
        if not str(source).startswith(tuple(own)):
            source.unlink()
    if own:
        _compile(folder, *own)


def _compile(folder: Path, *options: str) -> None:
    subprocess.run(  # noqa: S603 -- this interpreter
        [
            *(sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"),
            *("-s", str(folder), "-p", TASK_ROOT, *options),
        ],
        check=True,
        # Sets in bytecode would otherwise stand in another order each time.
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )


def pack(folder: Path, archive: Path) -> None:
    """Zips a folder, such that equal contents give equal bytes."""
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=9) as zipped:
        for name in sorted(_files(folder)):
            info = ZipInfo(name, _EARLIEST)
            info.create_system = 3
            info.external_attr = _EVERYONE_READS
            info.compress_type = ZIP_DEFLATED
            zipped.writestr(info, (folder / name).read_bytes())


def _files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.relative_to(folder).as_posix()


def size_of(folder: Path) -> int:
    """The bytes of all files in a folder."""
    return sum((folder / name).stat().st_size for name in _files(folder))


def newest_glibc(folder: Path) -> tuple[int, str]:
    """The highest minor version of glibc 2 that a library in a folder asks for, and its name; 0 for none."""
    found = [(0, "")]
    for path in folder.rglob("*.so*"):
        asked = re.findall(rb"GLIBC_2\.(\d+)", path.read_bytes())
        found += [(int(minor), path.name) for minor in asked]
    return max(found)


def reduce(archive: Path, packages: frozenset[str], *, static_files: bool) -> None:
    """Rewrites Zappa's zip in place. `static_files` says that functions serve them, since nobody else does."""
    folder = archive.with_suffix("")
    extract(archive, folder, lambda name: keeps(name, packages, static_files=static_files))
    lighten(folder / _DATA)
    compile_all(folder)
    pack(folder, archive)
