"""Copies rows back into the table in use, each on the condition that nobody has written it meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError

from infra.declared import rows
from infra.declared.rows import Row
from infra.deployment.aws import Aws, code_of
from infra.deployment.telling import say
from infra.deployment.waiting import Clock
from infra.restoring import people
from infra.restoring.comparing import Comparison
from infra.restoring.orders import Order
from infra.restoring.reading import Key, as_sent, digest, key_names, key_of, pages

MISSING: Final = "missing"
ALL: Final = "all"
_WRITERS: Final = 8
_TELL_ROWS: Final = 1000
_REFUSED: Final = "ConditionalCheckFailedException"


@dataclass
class Returned:
    """How many rows came back, how many somebody wrote meanwhile, and how many went again with their erased owner."""

    back: int = 0
    left: int = 0
    erased: int = 0
    keys: dict[str, list[Key]] = field(default_factory=dict)


def give_back(aws: Aws, order: Order, found: Comparison, how: str, clock: Clock) -> Returned:
    """Writes the rows that are missing, and with `how` "all" also those that differ.

    May be stopped and begun again with a new comparison. Ends by removing what it wrote of people whose erasure
    began meanwhile.
    """
    client = aws.client("dynamodb")
    writing = _Writing(client, order, found.different if how == ALL else {})
    returned = Returned()
    with ThreadPoolExecutor(_WRITERS) as pool:
        for page in pages(client, order.copy, clock):
            wanted = [row for row in page if _is_wanted(key_of(order.table, row), found, how)]
            for row, is_back in zip(wanted, pool.map(writing.write, wanted), strict=True):
                _count(returned, order, row, is_back=is_back)
    _remove_erased(aws, order, returned)
    return returned


def _is_wanted(key: Key, found: Comparison, how: str) -> bool:
    return key in found.missing or (how == ALL and key in found.different)


def _count(returned: Returned, order: Order, row: Row, *, is_back: bool) -> None:
    if not is_back:
        returned.left += 1
        return
    returned.back += 1
    if owner := rows.owner_of(order.table.key, row):
        returned.keys.setdefault(owner, []).append(key_of(order.table, row))
    if returned.back % _TELL_ROWS == 0:
        say(f"  {returned.back:,} rows are back.")


@dataclass(frozen=True, slots=True)
class _Writing:
    client: Any
    order: Order
    compared: Mapping[Key, bytes]

    def write(self, row: Row) -> bool:
        """Writes one row; whether it did."""
        held = self.compared.get(key_of(self.order.table, row))
        try:
            return self._put(row) if held is None else self._replace(row, held)
        except ClientError as error:
            if code_of(error) == _REFUSED:
                return False
            raise

    def _put(self, row: Row) -> bool:
        self.client.put_item(
            TableName=self.order.live,
            Item=row,
            ConditionExpression="attribute_not_exists(#key)",
            ExpressionAttributeNames={"#key": self.order.table.hash},
        )
        return True

    def _replace(self, row: Row, held: bytes) -> bool:
        key = as_sent(self.order.table, key_of(self.order.table, row))
        now = self.client.get_item(TableName=self.order.live, Key=key, ConsistentRead=True).get("Item")
        if now is None or digest(now) != held:
            return False
        change = replacement(now, row, key_names(self.order.table))
        self.client.update_item(TableName=self.order.live, Key=key, **change)
        return True


def replacement(now: Row, then: Row, keys: Iterable[str]) -> dict[str, Any]:
    """The update that makes a row what it was, on the condition that it still is what it is now.

    An update and not a new row: an attribute that somebody adds in this moment then stays.
    """
    names = sorted((set(now) | set(then)) - set(keys))
    known = [(f"#a{place}", place, name) for place, name in enumerate(names)]
    conditions = [
        f"{sign} = :n{place}" if name in now else f"attribute_not_exists({sign})" for sign, place, name in known
    ]
    sets = [f"{sign} = :t{place}" for sign, place, name in known if name in then]
    removed = [sign for sign, _, name in known if name not in then]
    parts = [f"SET {', '.join(sets)}" if sets else "", f"REMOVE {', '.join(removed)}" if removed else ""]
    return {
        "UpdateExpression": " ".join(filter(None, parts)),
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeNames": {sign: name for sign, _, name in known},
        "ExpressionAttributeValues": {
            **{f":n{place}": now[name] for _, place, name in known if name in now},
            **{f":t{place}": then[name] for _, place, name in known if name in then},
        },
    }


def _remove_erased(aws: Aws, order: Order, returned: Returned) -> None:
    """Of whom was erased while rows were written, what was written is removed again."""
    if not returned.keys:
        return
    gone = set(returned.keys) - people.living(aws)
    client = aws.client("dynamodb")
    for key in _keys_of(gone, returned.keys):
        client.delete_item(TableName=order.live, Key=as_sent(order.table, key))
        returned.erased += 1


def _keys_of(owners: Iterable[str], keys: Mapping[str, list[Key]]) -> Iterator[Key]:
    for owner in sorted(owners):
        yield from keys[owner]
