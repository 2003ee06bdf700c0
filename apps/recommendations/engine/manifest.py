"""The manifest of a model folder, format 2: what a reader needs to know to read the other files.

`manifest.json` is one JSON object in UTF-8. It ends with the member "seal" as these bytes: comma, newline, space,
`"seal": "<64 hexadecimal digits>"`, newline, `}`. The seal is the SHA-256 of every byte before that comma, so that no
bit of the manifest changes unnoticed, and through its digests none of the folder. Members:

    format          2; a reader refuses every other number
    version         names the model: date of training and a digest of what is served
    trained_at      ISO 8601, with offset
    titles          how many; a title's place is its number in titles.jsonl, from 0, and is what indexes mean
    files           name -> {"bytes", "sha256"} of every file beside the manifest; names have no folders
    sections        name -> [offset, bytes] of the tables within catalogue.bin (their layout: `sections.py`)
    operators       [{"file", "entries", "history", "blend"}]: trained weights by number of likes, rising; history is
                    the largest number an operator is for, null in the last: any; blend: settings of the score
    content         {"file", "entries"}: the titles most alike in content, with similarities in 0..1
    factors         name -> {"file", "dimensions"}
    report          what training did and measured; for people, nothing is served from it

A file of rows (operators, content) holds, all little-endian: starts (u32, one more than titles; row i goes from entry
starts[i] up to starts[i + 1]), scales (f32, one a row), columns (u16 where there are at most 65,536 titles, else u32,
one an entry), values (i8, one an entry). An entry's weight is value times scale; entries of a row are by falling
|value|.

A file of factors holds, with n titles of d dimensions: encoder scales (n f32), decoder scales (n f32), encoder (n
rows of d bytes), decoder (the same). A byte stands for its value minus 128, times its row's scale. A person's vector
is the sum over their titles of weight times encoder row; a title's score is its decoder row times that vector.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

FORMAT_VERSION: Final = 2
MANIFEST: Final = "manifest.json"
REMEDY: Final = "Train again: manage.py train_recommender"
_SEAL = re.compile(rb',\n "seal": "([0-9a-f]{64})"\n}\Z')


class ArtifactError(ValueError):
    """A model folder that cannot be served from; the message names the file and the remedy."""

    def __init__(self, path: Path, fault: str, remedy: str = REMEDY) -> None:
        super().__init__(f"{path}: {fault}. {remedy}")


class UnreadableError(ArtifactError):
    """A file that the system does not hand over at the moment, whatever it holds."""


def sealed(manifest: Mapping[str, Any]) -> bytes:
    """The bytes of the manifest file. Raises ValueError for numbers that JSON does not have."""
    body = json.dumps(manifest, indent=1, allow_nan=False).encode().removesuffix(b"\n}")
    return body + f',\n "seal": "{hashlib.sha256(body).hexdigest()}"\n}}'.encode()


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest at `path`, its seal and format checked.

    Raises ArtifactError when it is missing, altered or of another format.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ArtifactError(path, "the file is not JSON") from error
    version = manifest.get("format") if isinstance(manifest, dict) else None
    if type(version) is not int or version != FORMAT_VERSION:
        raise _foreign(path, version)
    seal = _SEAL.search(content)
    if not seal or hashlib.sha256(content[: seal.start()]).hexdigest().encode() != seal.group(1):
        raise ArtifactError(path, "the file was altered (its seal does not match)")
    if not isinstance(manifest.get("version"), str) or not manifest["version"]:
        raise ArtifactError(path, "its version is no text")
    return dict(manifest)


def unreadable(path: Path, error: OSError) -> ArtifactError:
    """The error for a file the system does not hand over; one that is missing is a fault of the folder."""
    kind = ArtifactError if isinstance(error, FileNotFoundError) else UnreadableError
    return kind(path, f"the file cannot be read ({error.strerror})")


def _foreign(path: Path, version: object) -> ArtifactError:
    fault = f"format version {version!r} is not {FORMAT_VERSION}, the one this code reads"
    if isinstance(version, int) and version > FORMAT_VERSION:
        return ArtifactError(path, f"{fault}: it comes from a later release", f"Update the service. {REMEDY}")
    return ArtifactError(path, fault)
