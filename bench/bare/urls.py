"""The least that answers as a service does: JSON, a refusal, a page, and JSON that asks DynamoDB first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class Health(APIView):
    """Says that it works."""

    def get(self, request: Request) -> Response:
        """Always the same."""
        return Response({"status": "healthy"})


class Refusal(APIView):
    """Wants a token."""

    def get_authenticate_header(self, request: Request) -> str:
        """The name of the scheme, without which Django REST framework answers with 403."""
        return "Bearer"

    def get(self, request: Request) -> Response:
        """Always 401."""
        raise NotAuthenticated


class Data(APIView):
    """Asks DynamoDB first."""

    def get(self, request: Request) -> Response:
        """503, since it is measured without the network."""
        # Here, so that the other answers do not wait for these modules.
        from pynamodb.connection import Connection  # noqa: PLC0415
        from pynamodb.connection.base import MetaTable  # noqa: PLC0415
        from pynamodb.exceptions import GetError  # noqa: PLC0415

        table = {
            "TableName": "bare",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        }
        connection = Connection(region="eu-north-1", max_retry_attempts=2)
        connection.add_meta_table(MetaTable(table))
        try:
            connection.get_item("bare", "x")
        except GetError:
            return Response({"status": "unhealthy"}, status=503)
        return Response({"status": "healthy"})


def page(request: HttpRequest) -> HttpResponse:
    """A page of HTML by a template."""
    return render(request, "bare/page.html")


urlpatterns = [
    path("", page),
    path("health", Health.as_view()),
    path("refusal", Refusal.as_view()),
    path("data", Data.as_view()),
]
