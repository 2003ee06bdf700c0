"""The steps of a restore, each of which looks first at what is done already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from infra.deployment import home
from infra.deployment.aws import Aws
from infra.deployment.telling import Trouble, say
from infra.deployment.waiting import Clock
from infra.restoring import copies, people, returning
from infra.restoring.comparing import Comparison, compare, has_owners, is_ours
from infra.restoring.copies import told
from infra.restoring.orders import Order


@dataclass(frozen=True, slots=True)
class Task:
    """What a restore works with; `how` is empty, or which rows are copied back; `agree` answers questions."""

    aws: Aws
    order: Order
    agree: Callable[[str], bool]
    how: str = ""
    drop: bool = False
    clock: Clock = field(default_factory=Clock)


def restore(task: Task) -> None:
    """Restores, compares, copies back and removes what it restored into, as far as the task says. Raises Trouble."""
    if task.how and not is_ours(task.order):
        raise Trouble(
            f"{task.order.live} belongs to a neighbouring system: restore it without --copy-back, and let those who "
            "know its rows copy them."
        )
    home.must_be(task.aws)
    if task.drop and not task.how:
        _drop(task)
        return
    say(f"The service goes on with {task.order.live} as it is; people notice nothing until rows are copied back.")
    copies.make(task.aws, task.order, task.clock)
    found = _compared(task)
    _tell(task.order, found)
    if task.how:
        _give_back(task, found)
        if task.drop:
            _drop(task)
    else:
        _tell_next(task, found)


def _compared(task: Task) -> Comparison:
    # Without anybody's rows nobody has to be asked for.
    known = people.living(task.aws) if has_owners(task.order) else frozenset[str]()
    now = datetime.now(UTC).timestamp()
    return compare(task.aws.client("dynamodb"), task.order, known, task.clock, now)


def _tell(order: Order, found: Comparison) -> None:
    say(f"{order.live} has {found.live:,} rows, and had {found.copy:,} at {told(order.moment)}:")
    say(f"  {found.same:>9,} are the same in both")
    say(f"  {found.only_live:>9,} are new since; they stay")
    say(f"  {found.both_differ:>9,} differ, by damage or because people changed them since")
    say(f"  {found.only_copy:>9,} are gone, by damage or because people removed them since")
    for reason, number in sorted(found.kept.items()):
        say(f"  {number:>9,} of these do not come back: {reason}")


def _tell_next(task: Task, found: Comparison) -> None:
    if found.missing:
        say(f"--copy-back missing writes {len(found.missing):,} rows whose key is gone.")
    if found.different:
        say(f"--copy-back all also replaces {len(found.different):,} rows that differ.")
    say(f"{task.order.copy} stays and costs as much as any table; --drop removes it.")


def _give_back(task: Task, found: Comparison) -> None:
    number = len(found.missing) + (len(found.different) if task.how == returning.ALL else 0)
    if not number:
        say("There is nothing to copy back.")
        return
    say("People see each row as soon as it is written: what they removed since comes back as well.")
    if task.how == returning.ALL:
        say(f"What they changed since {told(task.order.moment)} is changed back.")
    if not task.agree(f"Copy {number:,} rows back into {task.order.live}?"):
        raise Trouble("Nothing was copied back.")
    returned = returning.give_back(task.aws, task.order, found, task.how, task.clock)
    say(f"{returned.back:,} rows are back in {task.order.live}.")
    if returned.erased:
        say(f"{returned.erased:,} of them were removed again: the accounts of their owners were erased meanwhile.")
    if returned.left:
        raise Trouble(
            f"{returned.left:,} rows were written by others meanwhile and were left as they are. "
            "The same command compares them anew."
        )


def _drop(task: Task) -> None:
    order = task.order
    if not task.agree(f"Remove {order.copy}? {order.live} stays as it is."):
        raise Trouble(f"{order.copy} stays.")
    copies.drop(task.aws, order, task.clock)
