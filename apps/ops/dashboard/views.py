"""The page of the dashboard."""

from __future__ import annotations

from time import time

from django.http import HttpResponse
from django.shortcuts import render

from apps.ops.console.guard import staff_page
from apps.ops.console.permissions import Permission
from apps.ops.console.staff import StaffRequest
from apps.ops.dashboard.ranges import RANGES, Span, chosen
from apps.ops.dashboard.selectors import board


@staff_page(Permission.VIEW_DASHBOARD)
def dashboard(request: StaffRequest) -> HttpResponse:
    """How the service does: three requests to DynamoDB, the session's among them."""
    span = Span(chosen(request), time())
    context = {"staff": request.staff, "board": board(span), "range": span.range, "ranges": RANGES}
    return render(request, "ops/dashboard/dashboard.html", context)
