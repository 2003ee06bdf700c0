"""The pages of jobs."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render

from apps.ops.console.deeds import deeds_page, offered
from apps.ops.console.guard import staff_page
from apps.ops.console.lists import Choice, Filter, asked, listed
from apps.ops.console.permissions import Permission
from apps.ops.console.staff import StaffRequest
from apps.ops.jobs import selectors
from apps.ops.jobs.commands import JOBS
from apps.ops.jobs.deeds import COMMANDS, GIVE_UP, RETRY, RUN_DEEDS, RUNS, START_DEEDS, STOP
from movierec.jobs import STATES

_WORDS: Final = {"running": "Running or stuck", "paused": "Paused", "done": "Done", "failed": "Failed"}
FILTERS: Final = (
    Filter("job", "Job", tuple(Choice(job, words) for job, words in JOBS.items())),
    Filter("state", "State", tuple(Choice(state, _WORDS[state]) for state in STATES)),
)


@staff_page(Permission.VIEW_JOBS)
def overview(request: StaffRequest) -> HttpResponse:
    """All jobs, when they run next, and the runs of the last ninety days."""
    wanted = asked(request, FILTERS)
    found = selectors.overview(job=wanted.chosen["job"], state=wanted.chosen["state"], after=wanted.after)
    context = {
        "staff": request.staff,
        "asked": wanted,
        "filters": FILTERS,
        "commands": found.commands,
        "listed": listed(request, found.runs, after=found.after, looked=found.looked),
        "deeds": offered(RUN_DEEDS, request.staff),
    }
    return render(request, "ops/jobs/overview.html", context)


@staff_page(Permission.VIEW_JOBS)
def run(request: StaffRequest, job: str, name: str) -> HttpResponse:
    """One run with its errors and its log."""
    found = selectors.details(f"{job}/{name}")
    deeds = [*([STOP] if found.run.runs else []), *([GIVE_UP] if found.run.stuck else [])]
    if found.command and not found.run.runs and found.run.state != "done":
        deeds.append(RETRY)
    context = {"staff": request.staff, "run": found.run, "log": found.log, "deeds": offered(deeds, request.staff)}
    return render(request, "ops/jobs/run.html", context)


@staff_page(Permission.RUN_JOBS, "POST")
def deeds(request: StaffRequest) -> HttpResponse:
    """Stops runs, starts them again, or gives them up."""
    return deeds_page(request, RUN_DEEDS, RUNS)


@staff_page(Permission.RUN_JOBS, "POST")
def starts(request: StaffRequest) -> HttpResponse:
    """Starts jobs."""
    return deeds_page(request, START_DEEDS, COMMANDS)
