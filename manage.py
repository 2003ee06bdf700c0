#!/usr/bin/env python
"""MovieRec's commands: `manage.py help` lists them."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "movierec.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from movierec.localaws import LocalAwsError

    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, LocalAwsError) as error:
        # Both say in a sentence what to change.
        sys.exit(str(error))
    except KeyboardInterrupt:
        # Every job of ours goes on where it was stopped, so a traceback would only frighten.
        sys.exit("\nStopped.")


if __name__ == "__main__":
    main()
