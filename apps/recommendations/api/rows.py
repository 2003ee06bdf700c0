"""GET /recommendations/rows."""

from __future__ import annotations

from time import perf_counter

from rest_framework.request import Request
from rest_framework.response import Response

from apps.recommendations.api.items import metadata, recommended_item, wish_of
from apps.recommendations.selectors import rows
from apps.recommendations.serializers import RowsQuerySerializer, RowsSerializer
from movierec import via
from movierec.api.described import extend_schema
from movierec.api.views import ApiView, user_id, valid_query
from movierec.switches import Flag, require

NOTHING_LEFT = "Too few titles are left for a row."


class Rows(ApiView):
    """Films and series for the person signed in, in rows. Nothing on their lists comes again."""

    name = "Recommendations in rows"
    rate_scope = "recommendations"

    @extend_schema(
        operation_id="recommendations_rows",
        summary="Named rows of recommendations",
        description="Rows in the order to show them. No title comes twice, and no row has fewer than three.",
        parameters=[RowsQuerySerializer],
        responses=RowsSerializer,
        tags=["recommendations"],
    )
    def get(self, request: Request) -> Response:
        require(Flag.RECOMMENDATION_ROWS, request.user)
        started = perf_counter()
        served = rows(user_id(request), wish_of(valid_query(RowsQuerySerializer, request)))
        milliseconds = round((perf_counter() - started) * 1000, 2)
        found = [
            {
                "id": row.identity,
                "title": row.title,
                "reason": row.reason,
                "items": [recommended_item(request, item, milliseconds) for item in row.items],
            }
            for row in served.answer.rows
        ]
        via.count(served.model_version, "shown", sum(len(row.items) for row in served.answer.rows))
        return Response(
            {
                "rows": found,
                "metadata": metadata(
                    candidates=served.answer.total_candidates,
                    milliseconds=milliseconds,
                    fallback=served.fallback_used,
                    version=served.model_version,
                    message=None if found else NOTHING_LEFT,
                ),
            }
        )
