"""The embedded AWS: an emulator on this machine for development and tests, started and stopped as needed.

Standard library only and free of Django, so that the set-up script can use it before anything is installed.
"""

from movierec.localaws.client import Endpoint, ensure_running
from movierec.localaws.layout import LocalAwsError

__all__ = ["Endpoint", "LocalAwsError", "ensure_running"]
