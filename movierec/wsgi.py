"""The WSGI entry: what Zappa and any WSGI server call."""

import os

from django.core.wsgi import get_wsgi_application

from movierec.api.wsgi_request import ApiRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "movierec.settings")

application = get_wsgi_application()
application.request_class = ApiRequest
