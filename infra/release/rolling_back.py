"""Lets the pair of versions serve again that did before. Stopped half-way and run again, it goes on to the same."""

from __future__ import annotations

from collections.abc import Mapping

from infra import names
from infra.config import WrongConfig
from infra.declared import functions
from infra.deployment import home, parameters
from infra.deployment.aws import Aws, AwsError
from infra.deployment.telling import Trouble, say
from infra.deployment.waiting import Clock
from infra.release import aliases, history, lambdas, probing
from infra.release.history import PROBED, History, Pair


def roll_back(aws: Aws, version: str = "", clock: Clock | None = None) -> dict[str, str]:
    """Moves both aliases to the pair before, or to the one with `version` of the application; answers what serves.

    The pair before is the last one that was asked before the one that serves; of a release that was stopped, the one
    that served when it began. Once back, only `version` leads further back, or forward to what was left: so two people
    who roll back at once, or one who does it twice, do it once. The pair is asked before it serves, and after. Raises
    Trouble that says what serves then.
    """
    home.must_be(aws)
    published = parameters.published(aws)
    for one in functions.functions(aws.config):
        if lambdas.serving(aws, one) is None:
            raise Trouble(f"{one.name} serves nothing yet, so there is nothing to go back from.")
    with history.held(aws, "rollback") as known:
        aliases.adopt(aws, known)
        goal = _goal(aws, known, version)
        if _serves_already(aws, known, goal):
            _say_how_to_go_on(aws, known, goal)
        else:
            _go(aws, clock or Clock(), known, goal, published)
    return {"app": goal.app, "jobs": goal.jobs}


def _goal(aws: Aws, known: History, version: str) -> Pair:
    record, app = known.record, functions.app(aws.config)
    if version:
        found = record.of(version)
        if found is None:
            raise WrongConfig(f"{app.name} has no version {version}; there are {_those(known)}.")
        return found
    goal = record.good if record.rollback or record.begun else record.earlier
    if goal is None:
        raise Trouble(
            f"{app.name} has served no version before that was asked; there are {_those(known)} (--to).\n"
            f"{aliases.told(aws)}"
        )
    return goal


def _those(known: History) -> str:
    return ", ".join(pair.app for pair in known.record.pairs if pair.state != history.BEGUN) or "none"


def _serves_already(aws: Aws, known: History, goal: Pair) -> bool:
    record = known.record
    is_under_way = record.begun is not None or (record.rollback is not None and not record.rollback.done)
    return not is_under_way and goal.is_same(record.good) and aliases.are_at(aws, goal)


def _say_how_to_go_on(aws: Aws, known: History, goal: Pair) -> None:
    back = known.record.rollback
    why = f": rolled back from {back.left} on {back.when}" if back else ""
    say(
        f"{goal} serves already{why}. Nothing is moved. To serve another one: make rollback ENV={aws.config.env} "
        f'OPTIONS="--to VERSION"; there are {_those(known)}.'
    )


def _go(aws: Aws, clock: Clock, known: History, goal: Pair, published: Mapping[str, str]) -> None:
    try:
        _ask(aws, goal.app, goal.jobs, published)
    except (Trouble, *AwsError) as error:
        raise Trouble(
            f"{goal} does not work, so nothing was moved: {aliases.said(error)}\n{aliases.told(aws)}"
        ) from error
    known.write(known.record.returning(goal))
    back = known.record.rollback
    say(f"Rolling back{f' from {back.left}' if back else ''} to {goal}.")
    again = "Run the same command again: it goes on with this rollback."
    complete, told = aliases.move(aws, clock, goal, published)
    if not complete:
        raise Trouble(f"The rollback is not complete.\n{told}\n{again}")
    say(told)
    try:
        _ask(aws, names.ALIAS, names.ALIAS, published)
    except Trouble as trouble:
        raise Trouble(f"{trouble}\n{_stayed(aws, clock, known, published)}") from trouble
    except AwsError as error:
        raise Trouble(f"The service could not be asked: {aliases.said(error)}\n{told}\n{again}") from error
    known.write(known.record.arrived())


def _ask(aws: Aws, app: str, jobs: str, published: Mapping[str, str]) -> None:
    probing.version(aws, functions.app(aws.config), app, published["api/host"])
    probing.jobs_version(aws, functions.jobs(aws.config), jobs)


def _stayed(aws: Aws, clock: Clock, known: History, published: Mapping[str, str]) -> str:
    """Goes back to what was to be left, where that was asked once; answers what serves."""
    back = known.record.rollback
    if back is None or back.left.state != PROBED:
        return f"What it came from was never asked, so it stays.\n{aliases.told(aws)}"
    complete, told = aliases.move(aws, clock, back.left, published)
    if not complete:
        return f"{told}\nRun the same command again: it goes on with this rollback."
    try:
        known.write(known.record.stayed())
    except (Trouble, *AwsError) as error:
        return f"{told}\nThat could not be noted: {aliases.said(error)}"
    return told
