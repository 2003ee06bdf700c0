"""What the functions' package may be: for which Python on which machine, and how large."""

from __future__ import annotations

from typing import Final

PYTHON: Final = (3, 11)
# As Lambda and Zappa call it.
RUNTIME: Final = f"python{PYTHON[0]}.{PYTHON[1]}"
MACHINE: Final = ("Linux", "x86_64")
# The system under Lambda's Python 3.11.
GLIBC_MINOR: Final = 26
# In bytes; a larger package starts more slowly.
LARGEST_ZIP: Final = 15 * 2**20
LARGEST_UNPACKED: Final = 60 * 2**20
