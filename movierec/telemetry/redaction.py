"""The last net for what must not stand in a log: it is not to be written there in the first place."""

from __future__ import annotations

import re
from typing import Final

REDACTED: Final = "[redacted]"
LONGEST: Final = 4_000

# Each is tried once at each place and never goes back far, so that no text takes long.
_PATTERNS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        # The rest of the line: values of these have spaces and commas.
        (r"""\b(authorization|cookie)["']?\s*[:=].*""", rf"\1: {REDACTED}"),
        (r"\bbearer\s+[\w.~+/=-]{8,}", f"Bearer {REDACTED}"),
        # JSON Web Tokens, signed or encrypted, and what is left of them when they were cut.
        (r"\beyJ[\w-]{8,}(\.[\w-]*){0,4}", REDACTED),
        (
            r"""\b([\w-]{0,40}(?:password|passwd|passphrase|secret|token|api[_-]?key|signature|credential|"""
            r"""recovery[_-]?codes?))["']?\s*[:=]\s*("(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|[^\s,;&"'})\]]+)""",
            rf"\1={REDACTED}",
        ),
        # Without a sign between, only what no sentence goes on with: a word with a digit.
        (r"\b(password|passwd|passphrase)\s+(?=[^\s\d]{0,60}\d)\S+", rf"\1 {REDACTED}"),
        # Six digits, as mailed codes and those of apps have; codes of errors and answers are other texts.
        (r"""\b([\w-]{0,40}code)["']?\s*[:=]\s*["']?\d{6}\b["']?""", rf"\1={REDACTED}"),
        # Keys of AWS, of TMDB, and other long random text: digests and what is written with 64 letters.
        (r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}", REDACTED),
        (r"(?<![\w-])[0-9a-f]{32,}(?![\w-])", REDACTED),
        (r"(?<![\w+/-])(?=[\w+-]*[0-9])(?=[\w+-]*(?-i:[A-Z]))(?=[\w+-]*(?-i:[a-z]))[\w+-]{40,}={0,2}", REDACTED),
        (r"""(?<![^\s<>"'(),;:/=\[\]{}?&])[^\s@<>"'(),;:/=\[\]{}?&]+(?:@|%40)[^\s@<>"'(),;:/\[\]{}?&]+""", REDACTED),
        (r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)", REDACTED),
        # In full, or with two colons for its zeros; so that a time of day is none.
        (r"(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])", REDACTED),
        (r"(?<![\w:])(?:[0-9a-f]{1,4}:){1,7}(?::|(?::[0-9a-f]{1,4}){1,7})(?![\w:])", REDACTED),
        (r"(?<![\w:])::(?:[0-9a-f]{1,4}:){0,6}[0-9a-f]{1,4}(?![\w:])", REDACTED),
    )
)


def redacted(text: str) -> str:
    """The text, cut to 4,000 characters, without what looks like a token, a key, a password or an address.

    Addresses are those of mail and of machines.
    """
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text
