"""Removing stacks: in the reverse order, and never what holds data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from infra import graph, names
from infra.deployment import deploying, destroying, home, parameters
from infra.deployment.deploying import Task
from infra.deployment.waiting import Clock
from tests.infra.deployment import small

pytestmark = pytest.mark.embedded

Said = Callable[[], str]


@pytest.fixture
def deployed(task: Task, said: Said) -> Task:
    """The small stacks, deployed."""
    deploying.deploy(replace(task, given={"HostedZoneId": "Z1"}), graph.parts(task.aws.config))
    said()
    return task


def objections(task: Task, *stacks: str, empty_buckets: bool = False) -> list[str]:
    doomed = destroying.found(task.aws, small.only(*stacks))
    return destroying.objections(task.aws, doomed, empty_buckets=empty_buckets)


def test_stacks_are_found_the_last_first(deployed: Task) -> None:
    doomed = destroying.found(deployed.aws, graph.parts(deployed.aws.config))

    assert [one.part.name for one in doomed] == ["api", "compute", "data", "dns"]
    assert destroying.without_data(doomed) == ["api", "compute"]


def test_a_table_is_never_removed_from_here(deployed: Task) -> None:
    prefix = deployed.aws.config.prefix

    assert objections(deployed, "dns", "data", "compute", "api") == [
        f"{prefix}-data holds {prefix}-things (DynamoDB Table), which is never removed from here."
    ]


def test_what_others_stand_on_is_not_removed(deployed: Task) -> None:
    prefix = deployed.aws.config.prefix

    assert objections(deployed, "compute") == [f"{prefix}-api stands on compute; name it with --stack as well."]
    assert objections(deployed, "compute", "api") == []


def test_termination_protection_is_named_with_the_way_to_lift_it(deployed: Task) -> None:
    name = names.stack_name(deployed.aws.config, "api")
    client = deployed.aws.client("cloudformation")
    client.update_termination_protection(StackName=name, EnableTerminationProtection=True)

    (sentence,) = objections(deployed, "api")

    assert sentence.startswith(f"{name} has termination protection; to lift it: `aws cloudformation update-term")


def test_a_bucket_that_a_deploy_fills_again_is_emptied_when_told_to(deployed: Task) -> None:
    bucket = names.bucket(deployed.aws.config, "deployment")
    s3 = deployed.aws.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for _ in range(2):
        s3.put_object(Bucket=bucket, Key="package.zip", Body=b"zip")
    s3.delete_object(Bucket=bucket, Key="package.zip")

    (sentence,) = objections(deployed, "compute", "api")
    assert sentence.endswith(f"holds the bucket {bucket} with files that a deploy makes again; add --empty-buckets.")
    assert objections(deployed, "compute", "api", empty_buckets=True) == []

    doomed = destroying.found(deployed.aws, small.only("compute", "api"))
    assert destroying.destroy(deployed.aws, doomed, [], Clock()) == []
    assert bucket not in [one["Name"] for one in s3.list_buckets()["Buckets"]]


def test_emptying_leaves_neither_versions_nor_marks_of_deletion(deployed: Task) -> None:
    bucket = names.bucket(deployed.aws.config, "deployment")
    s3 = deployed.aws.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=bucket, Key="package.zip", Body=b"zip")
    s3.delete_object(Bucket=bucket, Key="package.zip")

    destroying.empty(deployed.aws, deployed.aws.config.region, bucket)

    left = s3.list_object_versions(Bucket=bucket)
    assert "Versions" not in left
    assert "DeleteMarkers" not in left


def test_a_bucket_that_was_removed_by_hand_is_in_nobodys_way(deployed: Task) -> None:
    bucket = names.bucket(deployed.aws.config, "deployment")
    deployed.aws.client("s3").delete_bucket(Bucket=bucket)

    doomed = destroying.found(deployed.aws, small.only("compute", "api"))

    assert destroying.destroy(deployed.aws, doomed, [], Clock()) == []
    assert [one.part.name for one in destroying.found(deployed.aws, small.PARTS)] == ["data", "dns"]


def test_functions_go_with_the_stack_of_their_roles_and_behind_those_that_call_them(deployed: Task, said: Said) -> None:
    aws = deployed.aws
    assert destroying.lost_functions(aws, small.PARTS) == []
    app, jobs = f"{aws.config.prefix}", f"{aws.config.prefix}-jobs"
    for name in (app, jobs):
        small.function(aws, name)

    assert destroying.lost_functions(aws, small.only("api", "data")) == []
    lost = destroying.lost_functions(aws, small.PARTS)
    assert lost == [app, jobs]
    destroying.destroy(aws, destroying.found(aws, small.only("compute", "api")), lost, Clock())

    assert destroying.lost_functions(aws, small.PARTS) == []
    told = said()
    places = [
        told.index(words)
        for words in (
            f"{app}-api in eu-north-1 is being removed:",
            f"The function {app} is removed, with all its versions.",
            f"The function {jobs} is removed, with all its versions.",
            f"{app}-compute in eu-north-1 is being removed:",
        )
    ]
    assert places == sorted(places)


def test_a_stack_that_a_switch_leaves_out_now_still_stands_in_the_way(
    deployed: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = deployed.aws.config.prefix
    (api,) = small.only("api")
    off = replace(api, wanted=lambda _config: False)
    monkeypatch.setattr(graph, "PARTS", (*small.only("dns", "data", "compute"), off))

    assert objections(deployed, "compute") == [f"{prefix}-api stands on compute; name it with --stack as well."]


def test_removing_all_without_data_keeps_the_tables_and_removes_copies(deployed: Task, said: Said) -> None:
    config = deployed.aws.config
    doomed = destroying.found(deployed.aws, small.only("compute", "api"))

    kept = destroying.destroy(deployed.aws, doomed, [], Clock())

    assert kept == []
    assert f"{config.prefix}-api in eu-north-1 is being removed:" in said()
    assert [one.part.name for one in destroying.found(deployed.aws, small.PARTS)] == ["data", "dns"]
    assert home.known(deployed.aws) == config.region
    place = names.parameter_name(config, "dns", "site-certificate-arn")
    assert parameters.stored(deployed.aws, [place], config.region) == {place: "arn:one"}


def test_removing_the_last_forgets_the_region_and_lists_what_aws_kept(deployed: Task) -> None:
    config = deployed.aws.config
    place = names.parameter_name(config, "dns", "site-certificate-arn")

    kept = destroying.destroy(deployed.aws, destroying.found(deployed.aws, small.PARTS), [], Clock())

    assert kept == [f"{config.prefix}-things (DynamoDB Table)"]
    assert f"{config.prefix}-things" in deployed.aws.client("dynamodb").list_tables()["TableNames"]
    assert home.known(deployed.aws) == ""
    assert parameters.stored(deployed.aws, [place], config.region) == {}
    assert parameters.published(deployed.aws) == {}
