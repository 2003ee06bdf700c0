#!/usr/bin/env python
"""MovieRec's commands: `manage.py help` lists them."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "movierec.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        # Every job of ours goes on where it was stopped, so a traceback would only frighten.
        sys.exit("\nStopped.")


if __name__ == "__main__":
    main()
