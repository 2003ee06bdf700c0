"""Flags, rate limits, the banner and read-only mode: one row that every process looks at, changed without a deploy."""

from movierec.switches.deciding import ReadOnlyNow, SwitchedOff, banner, is_on, limit_of, require, require_writable
from movierec.switches.flags import Flag
from movierec.switches.keeping import current, forget

__all__ = [
    "Flag",
    "ReadOnlyNow",
    "SwitchedOff",
    "banner",
    "current",
    "forget",
    "is_on",
    "limit_of",
    "require",
    "require_writable",
]
