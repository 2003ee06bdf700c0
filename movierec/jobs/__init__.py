"""What jobs leave behind: a record of every run, which operators, the admin and alarms read."""

from movierec.jobs.exports import exported
from movierec.jobs.indexing import ensure_listed
from movierec.jobs.listing import Found, listed
from movierec.jobs.recorder import Recorder, StopAsked, recorded, recorded_alone
from movierec.jobs.rows import KEPT, MAX_ERRORS, STATES, CommandRow, JobRun, State, command_key, lease_name, run_key
from movierec.jobs.runs import ask_to_stop, finish, found, give_up, go_on, newest, save, start

__all__ = [
    "KEPT",
    "MAX_ERRORS",
    "STATES",
    "CommandRow",
    "Found",
    "JobRun",
    "Recorder",
    "State",
    "StopAsked",
    "ask_to_stop",
    "command_key",
    "ensure_listed",
    "exported",
    "finish",
    "found",
    "give_up",
    "go_on",
    "lease_name",
    "listed",
    "newest",
    "recorded",
    "recorded_alone",
    "run_key",
    "save",
    "start",
]
