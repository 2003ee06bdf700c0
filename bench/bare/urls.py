"""One page of JSON."""

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class Page(APIView):
    """Says that it works."""

    def get(self, request: Request) -> Response:
        """Always the same."""
        return Response({"status": "healthy"})


urlpatterns = [path("health", Page.as_view())]
