"""What an authenticator app needs to set a second factor up: an address, and the same as a picture."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from urllib.parse import quote, urlencode

ISSUER = "MovieRec"


def totp_setup(secret: str, email: str) -> dict[str, str]:
    """The secret (base32) of an account as clients get it: as it is, as an otpauth URI, and as a QR picture."""
    uri = otpauth_uri(secret, email)
    return {"secret": secret, "otpauthUri": uri, "qrCode": picture(uri)}


def otpauth_uri(secret: str, email: str) -> str:
    """The secret in the form that apps take: SHA-1, six digits, 30 seconds.

    Source: Google Authenticator, "Key Uri Format", github.com/google/google-authenticator/wiki, 2018.
    """
    query = urlencode({"secret": secret, "issuer": ISSUER, "algorithm": "SHA1", "digits": 6, "period": 30})
    return f"otpauth://totp/{ISSUER}:{quote(email, safe='')}?{query}"


def picture(text: str) -> str:
    """A text as a QR code: a `data:` URI of an SVG image."""
    # A twentieth of a second that few requests need.
    import segno  # noqa: PLC0415

    drawn = BytesIO()
    # Light squares are painted as well, so that the picture can be read on a dark page.
    segno.make_qr(text).save(drawn, kind="svg", scale=4, dark="#000", light="#fff", xmldecl=False)
    return f"data:image/svg+xml;base64,{b64encode(drawn.getvalue()).decode()}"
