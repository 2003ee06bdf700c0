"""Deploys stacks one after another: each by a change set that is shown, agreed to, made and followed to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from infra import graph, names
from infra.deployment import changes, home, parameters, protection, stacks, templates
from infra.deployment.aws import Aws
from infra.deployment.changes import Change, ChangeSet
from infra.deployment.progress import Follower, settle
from infra.deployment.pruning import REFUSED_STACKS, prune
from infra.deployment.stacks import Standing
from infra.deployment.telling import Trouble, listed, say
from infra.deployment.waiting import Clock, until
from infra.graph import Part

_REMOVAL_SECONDS: Final = 600
_BUCKET: Final = "AWS::S3::Bucket"


@dataclass(frozen=True, slots=True)
class Task:
    """A deploy: where, with which parameters, and how much it may do.

    `agree` is asked before anything changes. `adopt` takes in resources that exist already under the names of new
    ones; `let_go` lets tables and the pool be replaced or leave their stack.
    """

    aws: Aws
    agree: Callable[[str], bool]
    given: Mapping[str, str] = field(default_factory=dict)
    adopt: bool = False
    let_go: bool = False
    clock: Clock = field(default_factory=Clock)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stack that is to stand: its name, where, and the template that can be deployed there."""

    part: Part
    name: str
    region: str
    template: dict[str, Any]
    tags: list[dict[str, str]]


def deploy(task: Task, parts: tuple[Part, ...]) -> dict[str, Mapping[str, str]]:
    """Makes the stacks be as their templates say, in order; answers their outputs by the names of the stacks.

    Raises Trouble where it cannot; what was done stands, and the same call goes on from there.
    """
    pieces = planned(task.aws, parts)
    parameters.must_be_known(task.given, [piece.template for piece in pieces])
    home.must_be(task.aws)
    _needs_stand(task.aws, parts)
    for piece in pieces:
        _must_have_parameters(task, piece)
    home.remember(task.aws)
    outputs: dict[str, Mapping[str, str]] = {}
    for piece in pieces:
        outputs[piece.part.name] = _deploy(task, piece).outputs
    return outputs


def compare(task: Task, parts: tuple[Part, ...]) -> list[str]:
    """Tells what a deploy would change, and changes nothing; answers the names of the stacks that differ."""
    pieces = planned(task.aws, parts)
    parameters.must_be_known(task.given, [piece.template for piece in pieces])
    home.must_be(task.aws)
    return [piece.name for piece in pieces if _differs(task, piece)]


def planned(aws: Aws, parts: tuple[Part, ...]) -> list[Piece]:
    """The stacks as they can be deployed here; tells what the embedded AWS does not take."""
    pieces = []
    for part in parts:
        name = names.stack_name(aws.config, part.name)
        if aws.is_local and part.name in REFUSED_STACKS:
            say(f"{name} is left out: {REFUSED_STACKS[part.name]}.")
            continue
        pieces.append(_piece(aws, part, name))
    return pieces


def _piece(aws: Aws, part: Part, name: str) -> Piece:
    template = part.build(aws.config).finish().to_dict()
    if aws.is_local:
        template, left = prune(template)
        for one in left:
            say(f"{name}: {one}")
    config = aws.config
    tags = {"Environment": config.env, "Project": config.domain, "Stack": part.name, "ManagedBy": "cloudformation"}
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    return Piece(part, name, part.region(config), template, pairs)


def _needs_stand(aws: Aws, parts: tuple[Part, ...]) -> None:
    """Raises Trouble where a stack that is needed, and not about to be deployed, is missing or unhealthy."""
    chosen = {part.name for part in parts}
    for part in parts:
        for need in part.needs:
            if need in chosen or (aws.is_local and need in REFUSED_STACKS):
                continue
            _must_stand(aws, part.name, need)


def _must_stand(aws: Aws, asking: str, need: str) -> None:
    part = next((part for part in graph.parts(aws.config) if part.name == need), None)
    if part is None:
        return
    region = part.region(aws.config)
    standing = stacks.look(aws.client("cloudformation", region), names.stack_name(aws.config, need))
    if standing is None:
        raise Trouble(
            f"{asking} needs the stack {need}, which is not there: run "
            f"`python -m infra deploy --env {aws.config.env} --stack {need}` first."
        )
    if not standing.is_healthy and not standing.is_moving:
        raise Trouble(f"{asking} needs the stack {need}. {stacks.unhealthy_sentence(standing, region)}")


def _must_have_parameters(task: Task, piece: Piece) -> None:
    """Raises WrongConfig for a parameter without a value, before anything is changed."""
    standing = stacks.look(task.aws.client("cloudformation", piece.region), piece.name)
    there = standing if standing and (standing.is_healthy or standing.is_moving) else None
    parameters.values(piece.template, task.given, there, {})


def _deploy(task: Task, piece: Piece) -> Standing:
    cloudformation = task.aws.client("cloudformation", piece.region)
    standing = _ready(task, cloudformation, piece)
    for name in parameters.bring(task.aws, piece.template, piece.region):
        say(f"{piece.name}: {name} is copied to {piece.region}.")
    with _change_set(task, cloudformation, piece, standing) as change_set:
        if change_set is None:
            say(f"{piece.name} is as its template says.")
        else:
            _make(task, cloudformation, piece, change_set, standing)
    now = stacks.look(cloudformation, piece.name)
    if now is None:
        raise Trouble(f"{piece.name} was removed by somebody else meanwhile. Run the same command again.")
    if protection.has_data(piece.template):
        protection.protect(cloudformation, task.aws.config, now)
    return now


def _ready(task: Task, cloudformation: Any, piece: Piece) -> Standing | None:
    """How the stack stands when one can go on: healthy, or None where it is to be made. Raises Trouble."""
    standing = stacks.look(cloudformation, piece.name)
    if standing is not None and standing.is_moving:
        settle(cloudformation, standing, task.clock)
        standing = stacks.look(cloudformation, piece.name)
    if standing is None or standing.is_healthy:
        return standing
    if standing.status == stacks.PLANNED:
        say(f"{piece.name} was planned and not made; the plan is removed.")
    elif standing.status in stacks.STILLBORN:
        _nothing_kept(task, cloudformation, standing)
        say(f"{piece.name} could not be made the last time; what is left of it is removed.")
    else:
        raise Trouble(stacks.unhealthy_sentence(standing, piece.region))
    _remove(task, cloudformation, standing, piece)
    return None


def _nothing_kept(task: Task, cloudformation: Any, standing: Standing) -> None:
    """Raises Trouble where a failed creation left things behind that a new one would meet, unless they are taken in."""
    gone = ("DELETE_COMPLETE", "CREATE_FAILED")
    kept = [one.id for one in stacks.resources(cloudformation, standing.id) if one.id and one.status not in gone]
    if kept and not task.adopt:
        raise Trouble(
            f"{standing.name} could not be made the last time, and {listed(kept)} stayed. "
            f"`{_adopting(task)}` takes that into the new stack; or remove it by hand and run the same command again."
        )


def _remove(task: Task, cloudformation: Any, standing: Standing, piece: Piece) -> None:
    if standing.status == stacks.PLANNED:  # there is nothing of it yet, so no event will tell its end
        cloudformation.delete_stack(StackName=standing.id)
        until(lambda: stacks.look(cloudformation, standing.id) is None or None, task.clock, _REMOVAL_SECONDS)
        return
    follower = Follower(cloudformation, standing.id)
    cloudformation.delete_stack(StackName=standing.id)
    after = follower.wait(task.clock, _REMOVAL_SECONDS)
    if after is not None:
        raise Trouble(stacks.unhealthy_sentence(after, piece.region))


@contextmanager
def _change_set(task: Task, cloudformation: Any, piece: Piece, standing: Standing | None) -> Iterator[ChangeSet | None]:
    before = parameters.template_of(cloudformation, standing)
    request: dict[str, Any] = {
        "StackName": piece.name,
        **templates.source(task.aws, piece.part.name, piece.template),
        "Parameters": parameters.values(piece.template, task.given, standing, before),
        "Tags": piece.tags,
    }
    if task.adopt:
        request["ImportExistingResources"] = True
    with changes.prepared(cloudformation, task.clock, is_new=standing is None, **request) as change_set:
        yield change_set


def _make(task: Task, cloudformation: Any, piece: Piece, change_set: ChangeSet, standing: Standing | None) -> None:
    _show(piece, change_set.changes, is_new=standing is None)
    if not task.let_go:
        protection.must_keep(change_set.changes, task.aws.config, piece.name)
    if not task.agree(f"Deploy {piece.name} to {piece.region}?"):
        raise Trouble(f"Stopped before {piece.name}; nothing of it was changed.")
    if task.let_go and standing is not None:
        protection.allow_all(cloudformation, piece.name)
    follower = Follower(cloudformation, change_set.stack_id)
    # What a first creation leaves would block the next one; what was there before it, and is taken in, may hold data.
    leaves_nothing = standing is None and not task.adopt
    cloudformation.execute_change_set(ChangeSetName=change_set.id, RetainExceptOnCreate=leaves_nothing)
    now = follower.wait(task.clock)
    if now is None or now.status not in _MADE:
        raise Trouble(_failure(task, piece, now, follower))


# A roll-back to what was before is healthy, but it is not what was asked for.
_MADE: Final = ("CREATE_COMPLETE", "UPDATE_COMPLETE")


def _failure(task: Task, piece: Piece, now: Standing | None, follower: Follower) -> str:
    failed = follower.first_failure() or (now.reason if now else "") or "AWS gives no reason"
    if now is None or now.status in stacks.STILLBORN:
        kept = ", but for what is to be kept, which the same command takes in" if task.adopt else ""
        after = f"What was made of it is removed again{kept}."
    elif now.is_healthy:
        after = "What stood before it stands as before."
    else:
        after = stacks.unhealthy_sentence(now, piece.region)
    exists = _about_what_exists(task, piece, failed) if "already exists" in failed else ""
    return f"{piece.name} failed. First was {failed}. {after}{exists} Mend it; the same command goes on from here."


def _about_what_exists(task: Task, piece: Piece, failed: str) -> str:
    body = piece.template["Resources"].get(failed.partition(" ")[0], {})
    if task.aws.is_local and body.get("Type") == _BUCKET:
        return " The embedded AWS cannot take in buckets: remove this one there."
    # CloudFormation takes in nothing else.
    if body and not body.get("DeletionPolicy", "Delete").startswith("Retain"):
        return " It cannot be taken in: remove it by hand if nobody needs it."
    return "" if task.adopt else f" `{_adopting(task)}` takes in what exists already."


def _adopting(task: Task) -> str:
    """The command that takes things in. A release, which deploys the stacks too, does not."""
    return f"python -m infra deploy --env {task.aws.config.env} --adopt"


def _show(piece: Piece, found: tuple[Change, ...], *, is_new: bool) -> None:
    say(f"{piece.name} in {piece.region} {'is new' if is_new else 'changes'}:")
    for change in found:
        say(str(change))
    if not found:
        say("  ~ only its outputs, its parameters or its description")


def _differs(task: Task, piece: Piece) -> bool:
    """Tells how a stack differs from its template; whether it does."""
    cloudformation = task.aws.client("cloudformation", piece.region)
    standing = stacks.look(cloudformation, piece.name)
    if standing is None or standing.status in (stacks.PLANNED, *stacks.STILLBORN):
        _show(piece, changes.of_new_stack(piece.template), is_new=True)
        return True
    if not standing.is_healthy:
        say(stacks.unhealthy_sentence(standing, piece.region))
        return True
    return _differs_standing(task, cloudformation, piece, standing)


def _differs_standing(task: Task, cloudformation: Any, piece: Piece, standing: Standing) -> bool:
    wanted = parameters.read_names(piece.template)
    present = parameters.stored(task.aws, wanted, piece.region)
    if missing := [name for name in wanted if name not in present]:
        say(f"{piece.name} will read {listed(missing)}, which is not there yet; it is compared when it is.")
        return True
    with _change_set(task, cloudformation, piece, standing) as change_set:
        if change_set is not None:
            _show(piece, change_set.changes, is_new=False)
        return change_set is not None


def outputs(aws: Aws, parts: tuple[Part, ...]) -> dict[str, Mapping[str, str]]:
    """The outputs of the stacks that stand, by the names of the stacks."""
    found: dict[str, Mapping[str, str]] = {}
    for part in parts:
        cloudformation = aws.client("cloudformation", part.region(aws.config))
        standing = stacks.look(cloudformation, names.stack_name(aws.config, part.name))
        if standing is not None:
            found[part.name] = standing.outputs
    return found
