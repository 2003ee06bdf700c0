"""GET, POST and DELETE /user/favourites and /user/watchlist."""

from __future__ import annotations

from typing import ClassVar

from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.lists import selectors, services
from apps.lists.models import ListName
from apps.lists.serializers import (
    AddedSerializer,
    ListItemSerializer,
    ListPageSerializer,
    ListQuerySerializer,
    RemovedSerializer,
    TitleNameSerializer,
    display_of,
    named_title,
)
from movierec import via
from movierec.api.described import extend_schema
from movierec.api.parsers import JsonParser
from movierec.api.views import ApiView, user_id, valid_body, valid_query


class TitleList(ApiView):
    """One of the person's lists of titles; the buttons of pages send plain forms, which need no JavaScript."""

    rate_scope = "user"
    parser_classes = (JsonParser, FormParser)
    body_serializer = ListItemSerializer
    list_name: ClassVar[ListName]

    @extend_schema(
        summary="The list, page by page",
        parameters=[ListQuerySerializer],
        responses=ListPageSerializer,
        tags=["lists"],
    )
    def get(self, request: Request) -> Response:
        query = valid_query(ListQuerySerializer, request)
        items, following = selectors.page(
            self.list_name,
            user_id(request),
            limit=query.get("limit"),
            cursor=query.get("cursor"),
            newest_first=query["sort"] == "newest",
            media_type=query.get("mediaType"),
        )
        return Response({"items": items, "nextCursor": following})

    @extend_schema(
        summary="Puts a title on the list",
        description="A title that is there already keeps the time it was added; its other fields are renewed.",
        request=ListItemSerializer,
        responses=AddedSerializer,
        tags=["lists"],
    )
    def post(self, request: Request) -> Response:
        given = valid_body(ListItemSerializer, request)
        media_type, media_id = named_title(given)
        key = (media_type or "movie", media_id)
        item = services.add(self.list_name, user_id(request), key, display_of(given))
        via.count(given.get("via"), "kept")
        return Response({"message": f"Added to {self.list_name}", "item": item})

    @extend_schema(
        summary="Takes a title off the list",
        description="The fields may also stand in a JSON body. Without mediaType it is the film of that number, "
        "and the series if there is no such film on the list. A title that is not there is no error.",
        parameters=[TitleNameSerializer],
        responses=RemovedSerializer,
        tags=["lists"],
    )
    def delete(self, request: Request) -> Response:
        body = valid_body(TitleNameSerializer, request)
        media_type, media_id = named_title({**body, **valid_query(TitleNameSerializer, request)})
        services.remove(self.list_name, user_id(request), media_id, media_type)
        return Response({"message": f"Removed from {self.list_name}"})


class Favourites(TitleList):
    """The titles the person likes."""

    list_name = "favourites"


class Watchlist(TitleList):
    """The titles the person means to watch."""

    list_name = "watchlist"
