"""What the tests of pages share: pages over given answers, and a DynamoDB that has lost its tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.providers.local.tokens import issue_access_token
from movierec.api.views import ApiView
from movierec.dynamo.connection import shared_connection


@pytest.fixture
def no_tables(tables: None) -> None:
    """DynamoDB answers every read with ResourceNotFoundException."""
    for name in shared_connection().list_tables()["TableNames"]:
        shared_connection().delete_table(name)


@pytest.fixture
def page_of(client: Client, settings: Any) -> Callable[..., str]:
    """The page at an address, query and all, whose endpoint answers `body`."""

    def shown(address: str, body: dict[str, Any], *, status: int = 200) -> str:
        class Answer(ApiView):
            """An answer."""

            open_to_all = True
            authentication_classes = ()

            def get(self, request: Request) -> Response:
                return Response(body, status=status)

        place = address.partition("?")[0].removeprefix("/")
        settings.ROOT_URLCONF = type("Addresses", (), {"urlpatterns": [path(place, Answer.as_view())]})
        response = client.get(address, headers={"accept": "text/html"})
        assert response.status_code == status
        return response.content.decode()

    return shown


@pytest.fixture
def signed_in(client: Client) -> None:
    """The client's browser is Ann's."""
    client.cookies["movierec_access"] = issue_access_token("u1", email="ann@example.com", session_id="s")
