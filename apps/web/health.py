"""GET /health: whether this process can serve, for load balancers, monitors and people."""

from __future__ import annotations

from time import perf_counter
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from drf_spectacular.utils import OpenApiResponse
from pynamodb.exceptions import PynamoDBException
from rest_framework.request import Request
from rest_framework.response import Response

from apps.recommendations.artifacts import Serving, serving
from apps.web.serializers import HealthSerializer
from movierec.api.described import extend_schema
from movierec.api.views import ApiView
from movierec.dynamo.data_table import DataRow
from movierec.localaws import LocalAwsError
from movierec.telemetry.threads import ContextExecutor
from movierec.timestamps import now_text

# A caller that polls wants an answer, and DynamoDB's own time-outs with their retries are far longer.
DATABASE_SECONDS: Final = 1.0
# The read's key; nothing is ever stored there.
_PROBE: Final = ("HEALTH", "PROBE")
_SUMMARIES: Final = {
    "healthy": "Everything works.",
    "unhealthy": "The service cannot reach its data.",
}

# One thread, so that reads that hang do not pile up: those that wait behind one are taken back.
_prober = ContextExecutor(max_workers=1, thread_name_prefix="health")

Check = dict[str, Any]


class Health(ApiView):
    """Whether the service works: healthy, degraded (it serves, not from the model it should) or unhealthy."""

    open_to_all = True
    authentication_classes = ()

    @extend_schema(
        summary="Health",
        description="Open to all and not counted by the rate limits.",
        responses={
            200: OpenApiResponse(HealthSerializer, "The service works, perhaps not from the model it should."),
            503: OpenApiResponse(HealthSerializer, "The service cannot reach its data."),
        },
        tags=["service"],
    )
    def get(self, request: Request) -> Response:
        """200 with what was checked, 503 when requests cannot be served."""
        report = health()
        status = 503 if report["status"] == "unhealthy" else 200
        return Response(report, status=status, headers={"Cache-Control": "no-store"})


def health() -> dict[str, Any]:
    """The checks and what follows from them; times in milliseconds. At most one DynamoDB read, of at most a second."""
    started = perf_counter()
    database = _database()
    # Not asked while the database is away, since the fallback reads the catalogue.
    current = serving() if database["status"] == "healthy" else None
    model = _model(current) if current else {"status": "unknown"}
    status = "unhealthy" if current is None else model["status"]
    return {
        "status": status,
        "timestamp": now_text(),
        "responseTime": _milliseconds_since(started),
        "version": settings.VERSION,
        "environment": settings.MOVIEREC_ENV,
        "checks": {"database": database, "model": model},
        "summary": _degraded(current) if current and current.problem else _SUMMARIES[status],
    }


def _database() -> Check:
    started = perf_counter()
    read = _prober.submit(DataRow.get_row, *_PROBE)
    try:
        read.result(DATABASE_SECONDS)
        status = "healthy"
    except (PynamoDBException, BotoCoreError, ClientError, LocalAwsError, TimeoutError):
        read.cancel()
        status = "unhealthy"
    return {"status": status, "responseTime": _milliseconds_since(started)}


def _model(current: Serving) -> Check:
    """What recommends, and what should."""
    return {
        "status": "degraded" if current.problem else "healthy",
        "version": current.model.version,
        "wanted": current.wanted,
    }


def _degraded(current: Serving) -> str:
    """What is wrong with the model, for everybody: the log has the rest, such as the file or the address."""
    served, wanted = current.model.version, current.wanted
    if not current.published:
        known = f"model {wanted} cannot be used" if wanted else "no trained model is loaded"
        return f"The service works; recommendations rest on popularity because {known}."
    if wanted == served:
        return f"The service works; recommendations come from model {served}, but newer ones cannot be looked for."
    known = f"model {wanted} cannot be used" if wanted else "it cannot be read which model is the active one"
    return f"The service works; recommendations come from model {served} because {known}."


def _milliseconds_since(started: float) -> float:
    return round((perf_counter() - started) * 1000, 2)
