"""Lets the version serve again that did before, of both functions."""

from __future__ import annotations

from infra import names
from infra.config import WrongConfig
from infra.declared import functions
from infra.declared.functions import Function
from infra.deployment import home, parameters
from infra.deployment.aws import Aws
from infra.deployment.telling import Trouble, say
from infra.release import lambdas, probing


def roll_back(aws: Aws, version: str = "") -> dict[str, str]:
    """Moves the aliases back, to `version` of the application where one is named; answers what serves now.

    The version is asked before it serves. Raises Trouble where there is none, or where it does not work.
    """
    home.must_be(aws)
    config = aws.config
    published = parameters.published(aws)
    goals = {
        one.concern: _goal(aws, one, version)
        for one in functions.functions(config)
        if not version or one.concern == "app"
    }
    app = functions.app(config)
    probing.version(aws, app, goals["app"][1], published["api/host"])
    for one in functions.functions(config):
        if one.concern in goals:
            old, new = goals[one.concern]
            lambdas.point(aws, one, new, old)
            say(f"{one.name}: version {new} serves {f'in place of {old}' if new != old else 'as before'}.")
    probing.version(aws, app, names.ALIAS, published["api/host"])
    return {concern: new for concern, (_, new) in goals.items()}


def _goal(aws: Aws, function: Function, version: str) -> tuple[str, str]:
    """What serves, and what is to."""
    now = lambdas.serving(aws, function)
    if now is None:
        raise Trouble(f"{function.name} serves nothing yet, so there is nothing to go back from.")
    known = [str(one) for one in lambdas.versions(aws, function)]
    wanted = version or now.before
    if not wanted:
        raise Trouble(
            f"{function.name} has served no version before {now.version}; there are {', '.join(known)} (--to)."
        )
    if wanted not in known:
        wrong = f"{function.name} has no version {wanted}; there are {', '.join(known)}."
        raise WrongConfig(wrong) if version else Trouble(wrong)
    return now.version, wanted
