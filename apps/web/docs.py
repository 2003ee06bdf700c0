"""The OpenAPI document at /schema, and the same as a page at /docs."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any

from django.http import HttpResponseBase
from django.utils.cache import patch_cache_control
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from movierec.api.described import extend_schema
from movierec.api.errors import as_api_error, http_response
from movierec.api.schema import Generator
from movierec.api.views import ApiView

MAX_AGE_SECONDS = 300

# The generator loads its extensions at its first use, which must not be a race.
_lock = Lock()


def document() -> dict[str, Any]:
    """The OpenAPI document; it depends on the code alone, so one is enough for a process."""
    with _lock:
        return _made()


@cache
def _made() -> dict[str, Any]:
    return dict(Generator().get_schema(request=None, public=True))  # type: ignore[no-untyped-call]


class Document(ApiView):
    """This API as an OpenAPI 3 document: JSON, or YAML for those who accept `application/yaml`."""

    open_to_all = True
    authentication_classes = ()
    renderer_classes = (OpenApiJsonRenderer2, OpenApiJsonRenderer, OpenApiYamlRenderer2, OpenApiYamlRenderer)

    @extend_schema(
        summary="This document",
        description="The OpenAPI 3 document of the API: JSON, or YAML by `Accept: application/yaml`.",
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT, "The OpenAPI document.")},
        tags=["service"],
    )
    def get(self, request: Request) -> Response:
        """The document in the form that is accepted, JSON by default."""
        # Below the stage of an API's own host, so that a client made of it asks below the stage too.
        here = [{"url": f"{request.META['SCRIPT_NAME']}/"}]
        response = Response({**document(), "servers": here})
        patch_cache_control(response, public=True, max_age=MAX_AGE_SECONDS)
        return response


class Reference(SpectacularSwaggerSplitView):
    """The document as a page, by Swagger UI; nothing in it comes from another host."""

    # Relative to the page's own address, as what the document says of its server.
    url = "schema"
    template_name = "web/docs.html"

    def handle_exception(self, exc: Exception) -> HttpResponseBase:  # type: ignore[override]  # any response is taken
        """The API's errors as JSON, since this page's template shows nothing else."""
        error = as_api_error(exc)
        return super().handle_exception(exc) if error is None else http_response(error)
