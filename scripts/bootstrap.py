"""The door of `make`: sees that Python is new enough, then hands over to `scripts.commands`.

Nothing in this file is newer than Python 2.7, so that every Python can read it as far as its one sentence.
"""
# ruff: noqa: PTH100, PTH120, UP031 -- an older Python has to read this file

import os
import sys

NEEDED = (3, 11)


def complaint(version, executable):
    # type: (tuple[int, int, int], str) -> str
    """What to tell the owner of a Python that is too old; empty when it is new enough."""
    if version[:2] >= NEEDED:
        return ""
    return (
        "MovieRec needs Python %s or newer; this is %s at %s. "
        "Install a newer one, or name it: make run PYTHON=/path/to/python3.12"
    ) % (".".join(map(str, NEEDED)), ".".join(map(str, version)), executable)


if __name__ == "__main__":
    sentence = complaint(sys.version_info[:3], sys.executable)
    if sentence:
        sys.stderr.write(sentence + "\n")
        sys.exit(1)
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from scripts.commands import main

    sys.exit(main(sys.argv[1:]))
