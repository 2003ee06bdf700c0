"""The rows of the audit in the single table, each event in three partitions: its thing's, its actor's, its source's."""

from __future__ import annotations

from typing import Final

from pynamodb.attributes import UnicodeAttribute

from movierec.audit.events import Source
from movierec.dynamo.data_table import DataRow

# The infrastructure denies deletes and updates of partitions that begin so.
PREFIX: Final = "AUDIT#"


class AuditRow(DataRow):
    """`AUDIT#THING#<kind>#<id>`, `AUDIT#ACTOR#<id>` or `AUDIT#SOURCE#<source>` / `<moment>#<number><random>`.

    `before` and `after` are JSON texts. A source is one partition for all days: at any moment one a day would take no
    more, as all of it goes to today's; and nobody has to look for the days that have events.
    """

    at = UnicodeAttribute()
    tag = UnicodeAttribute()
    actor = UnicodeAttribute()
    actor_name = UnicodeAttribute(attr_name="actorName", null=True)
    address = UnicodeAttribute(null=True)
    kind = UnicodeAttribute()
    thing = UnicodeAttribute()
    before = UnicodeAttribute(null=True)
    after = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    outcome = UnicodeAttribute()


def thing_pk(kind: str, thing_id: str) -> str:
    """The partition of what was done to a thing."""
    return f"{PREFIX}THING#{kind}#{thing_id}"


def actor_pk(actor_id: str) -> str:
    """The partition of what somebody did."""
    return f"{PREFIX}ACTOR#{actor_id}"


def source_pk(source: Source) -> str:
    """The partition of all that staff did, or of all that people did with their own accounts."""
    return f"{PREFIX}SOURCE#{source}"
