"""What serves of both functions together: looked at, moved at once, and told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from infra.declared import functions
from infra.deployment.aws import Aws, AwsError, sentence
from infra.deployment.telling import Trouble
from infra.deployment.waiting import Clock
from infra.release import lambdas, shifting
from infra.release.history import PROBED, History, Pair
from infra.release.lambdas import Serving


def are_at(aws: Aws, pair: Pair) -> bool:
    """Whether a pair serves, both functions and all requests."""
    return all(
        lambdas.serving(aws, one) == Serving(pair.version(one.concern)) for one in functions.functions(aws.config)
    )


def adopt(aws: Aws, history: History) -> None:
    """Begins the history of an environment that has none with what serves, which was released and asked before."""
    if history.record.pairs:
        return
    found = {one.concern: lambdas.serving(aws, one) for one in functions.functions(aws.config)}
    app, jobs = found["app"], found["jobs"]
    if app is not None and jobs is not None:
        history.write(replace(history.record, pairs=(Pair(app.version, jobs.version, state=PROBED),)))


def move(aws: Aws, clock: Clock, pair: Pair, published: Mapping[str, str]) -> tuple[bool, str]:
    """Lets a pair serve at once. Answers whether both functions are there, and what serves in sentences.

    A function that cannot be looked at or moved does not keep the other from it: nothing of AWS's is raised.
    """
    told, complete = [], True
    for one in functions.functions(aws.config):
        version = pair.version(one.concern)
        try:
            if one.concern == "app":
                shifting.halt(aws, clock, published)
            if lambdas.serving(aws, one) != Serving(version):
                lambdas.point(aws, one, version)
            told.append(f"{one.name}: version {version} serves.")
        except (Trouble, *AwsError) as error:
            complete = False
            told.append(f"{one.name}: it is not sure that version {version} serves. {said(error)}")
    return complete, "\n".join(told)


def told(aws: Aws) -> str:
    """What serves now, in sentences; that it could not be looked at where it could not."""
    lines = []
    for one in functions.functions(aws.config):
        try:
            now = lambdas.serving(aws, one)
        except AwsError as error:
            lines.append(f"{one.name}: what serves could not be looked at. {sentence(error)}")
            continue
        if now is None:
            lines.append(f"{one.name}: nothing serves yet.")
        else:
            part = f", and a part of the requests gets {', '.join(now.others)}" if now.others else ""
            lines.append(f"{one.name}: version {now.version} serves{part}.")
    return "\n".join(lines)


def said(error: BaseException) -> str:
    """A failure in words."""
    return sentence(error) if isinstance(error, AwsError) else str(error)
