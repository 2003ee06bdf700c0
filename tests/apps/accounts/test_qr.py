from __future__ import annotations

import re
from base64 import b64decode
from xml.etree import ElementTree

import pyotp
import pytest
import segno

from apps.accounts.qr import otpauth_uri, picture, totp_setup

SVG = "{http://www.w3.org/2000/svg}"
MARGIN = 4


def dark_modules(svg: str) -> set[tuple[int, int]]:
    """Row and column of every dark square, read from the strokes of the drawing."""
    paths = ElementTree.fromstring(svg).findall(f".//{SVG}path")  # noqa: S314
    (strokes,) = [path.attrib["d"] for path in paths if path.get("stroke") == "#000"]
    found = set()
    column, row = 0, -0.5
    for kind, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?: ?(-?[\d.]+))?", strokes):
        if kind == "h":
            found |= {(int(row - 0.5), column + step) for step in range(int(first))}
            column += int(first)
        elif kind == "M":
            column, row = int(first), float(second)
        else:
            column, row = column + int(first), row + float(second)
    return found


@pytest.mark.parametrize(
    "email", ["ann@example.com", "Ann+films@example.com", "å:b&c=d@exämple.com", "a" * 242 + "@example.com"]
)
def test_another_library_reads_the_address(email: str) -> None:
    secret = pyotp.random_base32()
    read = pyotp.parse_uri(otpauth_uri(secret, email))
    assert isinstance(read, pyotp.TOTP)
    assert (read.secret, read.name, read.issuer) == (secret, email, "MovieRec")
    assert (read.digits, read.interval, read.digest().name) == (6, 30, "sha1")


def test_the_picture_is_the_code_of_the_text() -> None:
    text = otpauth_uri(pyotp.random_base32(), "ann@example.com")
    drawn = picture(text)
    assert drawn.startswith("data:image/svg+xml;base64,")
    svg = b64decode(drawn.partition(",")[2], validate=True).decode()
    modules = segno.make_qr(text).matrix
    expected = {
        (row + MARGIN, column + MARGIN) for row, line in enumerate(modules) for column, dark in enumerate(line) if dark
    }
    assert dark_modules(svg) == expected
    background = ElementTree.fromstring(svg).find(f".//{SVG}path")  # noqa: S314
    assert background is not None
    assert background.get("fill") == "#fff"


def test_a_set_up_holds_the_secret_in_three_forms() -> None:
    secret = pyotp.random_base32()
    setup = totp_setup(secret, "ann@example.com")
    assert sorted(setup) == ["otpauthUri", "qrCode", "secret"]
    assert setup["secret"] == secret
    assert setup["otpauthUri"] == (
        f"otpauth://totp/MovieRec:ann%40example.com?secret={secret}&issuer=MovieRec&algorithm=SHA1&digits=6&period=30"
    )
    assert setup["qrCode"] == picture(setup["otpauthUri"])
