"""The public keys over HTTP."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import serializers
from apps.accounts.providers import provider
from movierec.api.described import extend_schema
from movierec.api.views import ApiView

MAX_AGE_SECONDS = 300


class PublicKeys(ApiView):
    """The keys that access tokens are checked with."""

    open_to_all = True
    authentication_classes = ()

    @extend_schema(operation_id="getPublicKeys", tags=["auth"], responses=serializers.PublicKeysSerializer)
    def get(self, request: Request) -> Response:
        headers = {"Cache-Control": f"public, max-age={MAX_AGE_SECONDS}"}
        return Response({"keys": provider().public_keys()}, headers=headers)
