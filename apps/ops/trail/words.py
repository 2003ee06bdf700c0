"""What the audit's events say in words, and where their things are in the admin."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

import orjson

from movierec.audit import Outcome, Source, Tag

SENTENCES: Final[dict[Tag, str]] = {
    Tag.SIGNED_UP: "Signed up",
    Tag.CONFIRMED: "Confirmed the account by the code of the mail",
    Tag.SIGNED_IN: "Signed in",
    Tag.SIGN_IN_FAILED: "Sign-in was refused",
    Tag.SIGNED_OUT: "Signed out",
    Tag.SIGNED_OUT_EVERYWHERE: "Ended all sessions",
    Tag.REFRESH_REPEATED: "A used refresh token came again, so that its session was ended",
    Tag.PASSWORD_CHANGED: "Changed the password",
    Tag.PASSWORD_RESET_ASKED: "Asked for a code to set a new password",
    Tag.PASSWORD_RESET: "Set a new password by the code of the mail",
    Tag.SECOND_FACTOR_ON: "Switched the second factor on",
    Tag.SECOND_FACTOR_OFF: "Switched the second factor off",
    Tag.RECOVERY_CODES_RENEWED: "Made new recovery codes",
    Tag.RECOVERY_CODE_USED: "Used a recovery code",
    Tag.DATA_EXPORTED: "Downloaded what is kept about them",
    Tag.DELETION_ASKED: "Asked for the account to be deleted",
    Tag.DELETION_TAKEN_BACK: "Took the deletion back",
    Tag.ERASED: "The account was erased",
    Tag.STAFF_SIGNED_IN: "Signed in to the admin",
    Tag.STAFF_SIGN_IN_REFUSED: "Sign-in to the admin was refused",
    Tag.STAFF_SIGNED_OUT: "Signed out of the admin",
    Tag.STAFF_SESSION_ENDED: "Signed another member of staff out",
    Tag.STAFF_REFUSED: "Was refused a page of the admin for want of permission",
    Tag.PERSON_CONFIRMED: "Confirmed an account",
    Tag.PERSON_DISABLED: "Disabled an account",
    Tag.PERSON_ENABLED: "Enabled an account",
    Tag.PERSON_SIGNED_OUT: "Ended sessions of a person",
    Tag.PERSON_RESET: "Had a person set a new password",
    Tag.PERSON_GROUP_ADDED: "Added a person to a group",
    Tag.PERSON_GROUP_REMOVED: "Removed a person from a group",
    Tag.PERSON_EXPORTED: "Exported what is kept about a person",
    Tag.PERSON_DELETED: "Deleted a person's account",
    Tag.PERSON_KEPT: "Took the deletion of a person's account back",
    Tag.PERSON_VIEWED: "Looked at what a person sees",
    Tag.PERSON_ROWS_MERGED: "Merged doubled rows of a person's lists",
    Tag.TITLE_REFRESHED: "Had a title's facts fetched anew",
    Tag.TITLE_HIDDEN: "Hid a title",
    Tag.TITLE_SHOWN: "Showed a hidden title again",
    Tag.TITLE_CORRECTED: "Corrected a title",
    Tag.TITLE_CORRECTION_REMOVED: "Took a title's correction back",
    Tag.TITLE_PURGED: "Purged a title",
    Tag.JOB_STARTED: "Started a job",
    Tag.JOB_STOPPED: "Stopped a job",
    Tag.JOB_RETRIED: "Started a job again",
    Tag.MODEL_ACTIVATED: "Had a model serve",
    Tag.MODEL_ROLLED_BACK: "Went back to an earlier model",
    Tag.MODEL_SHARE_CHANGED: "Changed the share of people a model serves",
    Tag.PROFILE_TRIED: "Tried a profile on the recommender",
    Tag.FLAG_CHANGED: "Changed a feature flag",
    Tag.LIMIT_CHANGED: "Changed a rate limit",
    Tag.BANNER_CHANGED: "Changed the line on every page",
    Tag.READ_ONLY_CHANGED: "Changed read-only mode",
    Tag.AUDIT_EXPORTED: "Exported the audit",
}
WHOSE: Final[dict[Source, str]] = {"ops": "Staff", "account": "People's own accounts"}
OUTCOMES: Final[dict[Outcome, str]] = {"begun": "Begun", "done": "Done", "refused": "Refused", "failed": "Failed"}


def sentence(tag: str) -> str:
    """What happened; a tag that this version of the service does not know is its own sentence."""
    return SENTENCES[Tag(tag)] if tag in _KNOWN else tag


_KNOWN: Final = frozenset(tag.value for tag in Tag)


def page_of(kind: str, thing: str) -> str:
    """The address of a thing's page in the admin, empty where it has none."""
    if kind in ("person", "staff"):
        return f"/ops/people/{quote(thing, safe='')}"
    if kind in ("title", "job"):
        section = "catalogue" if kind == "title" else "jobs"
        whole, slash, part = thing.partition("/")
        return f"/ops/{section}/{quote(whole, safe='')}/{quote(part, safe='')}" if slash else f"/ops/{section}"
    return _SECTIONS.get(kind, "")


_SECTIONS: Final = {"model": "/ops/recommender", "settings": "/ops/switches", "list": "/ops/catalogue/lists"}


def readable(text: str) -> str:
    """A JSON text over several lines; one that was cut short stays as it is."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
