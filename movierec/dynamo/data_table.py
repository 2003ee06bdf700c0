"""The single table: everything new of a user's, counters, codes and jobs, by `pk` and `sk`."""

from __future__ import annotations

from django.conf import settings
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from movierec.dynamo.pages import pages_of
from movierec.dynamo.table import BaseTable


class DataRow(BaseTable):
    """A row of the single table; apps add the attributes of their own kinds of rows in subclasses."""

    class Meta:
        table_name = settings.TABLE_NAMES["data"]

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    # Seconds since 1970; DynamoDB deletes the row some time after it, so readers check it as well.
    expires_at = NumberAttribute(attr_name="expiresAt", null=True)


def user_pk(user_id: str) -> str:
    """The partition that holds everything of one user."""
    return f"USER#{user_id}"


def delete_partition(pk: str) -> None:
    """Deletes every row of a partition, of whichever kind; also when there is none."""
    for page in pages_of(DataRow, pk, attributes=["pk", "sk"], consistent=True):
        DataRow.delete_rows(page)
