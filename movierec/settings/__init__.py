"""Django's settings, one module a concern."""

from movierec.settings.base import *  # noqa: F403  (Django reads settings as module attributes)
from movierec.settings.checked import refuse_wrong_settings
from movierec.settings.http import *  # noqa: F403
from movierec.settings.identity import *  # noqa: F403
from movierec.settings.logs import *  # noqa: F403
from movierec.settings.media import *  # noqa: F403
from movierec.settings.rest import *  # noqa: F403
from movierec.settings.storage import *  # noqa: F403

refuse_wrong_settings()
