"""The WSGI entry: what Zappa and any WSGI server call."""

import os

from django.core.wsgi import get_wsgi_application

from apps.accounts.providers import provider
from movierec import env
from movierec.api.wsgi_request import ApiRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "movierec.settings")

application = get_wsgi_application()
application.request_class = ApiRequest
# Settings cannot know whether the tokens' keys can be read, so a server asks before it serves. On Lambda every burst of
# requests starts processes: there the first request that shows a token asks, and those that show none are served.
if not env.on_lambda():
    provider().check_configuration()
