"""Deploys to an embedded AWS, from nothing to a change, and what is told on the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber
from troposphere.s3 import Bucket
from troposphere.sqs import Queue
from troposphere.ssm import Parameter as SsmParameter

from infra import graph, names
from infra.config import GLOBAL_REGION, Config, WrongConfig
from infra.deployment import deploying, home, parameters, stacks
from infra.deployment.aws import Aws
from infra.deployment.deploying import Task
from infra.deployment.telling import Trouble
from infra.stack import Stack
from tests.infra.deployment import small

pytestmark = pytest.mark.embedded

Said = Callable[[], str]


def whole(task: Task) -> Task:
    """The task with what the operator has to give."""
    return replace(task, given={"HostedZoneId": "Z1"})


def cloudformation(task: Task, region: str | None = None) -> Any:
    return task.aws.client("cloudformation", region)


def name_of(task: Task, stack: str) -> str:
    return names.stack_name(task.aws.config, stack)


def status(task: Task, stack: str) -> str | None:
    standing = stacks.look(cloudformation(task), name_of(task, stack))
    return standing.status if standing else None


def longer(config: Config) -> Stack:
    """compute, with a queue that keeps letters longer."""
    stack = Stack(config, "compute", config.region, "A bucket and a queue")
    return small.with_queue(stack, MessageRetentionPeriod=600)


def test_all_stacks_from_nothing_with_values_copied_between_regions(task: Task, said: Said) -> None:
    outputs = deploying.deploy(whole(task), graph.parts(task.aws.config))

    prefix = task.aws.config.prefix
    assert list(outputs) == ["dns", "data", "compute", "api"]
    assert outputs["data"] == {"ThingsTableName": f"{prefix}-things"}
    ssm = task.aws.client("ssm")
    assert ssm.get_parameter(Name=f"/{prefix}/Certificate")["Parameter"]["Value"] == "arn:one"
    assert ssm.get_parameter(Name=f"/{prefix}/Zone")["Parameter"]["Value"] == "Z1"
    place = names.parameter_name(task.aws.config, "dns", "site-certificate-arn")
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=place)["TagList"]
    assert tags == [{"Key": "CopiedFrom", "Value": GLOBAL_REGION}]
    told = said()
    assert f"{prefix}-budget is left out: the embedded AWS costs nothing." in told
    assert f"{prefix}-compute: Rotation (SecretsManager RotationSchedule) is left out" in told
    assert "  + Letters (SQS Queue) is new" in told
    assert "Letters (SQS Queue) is made" in told
    assert f"{place} is copied to eu-north-1." in told


def test_the_second_time_nothing_changes_and_nobody_is_asked(task: Task, said: Said) -> None:
    deploying.deploy(whole(task), graph.parts(task.aws.config))
    said()
    asked: list[str] = []
    again = replace(task, agree=lambda question: bool(asked.append(question)))

    outputs = deploying.deploy(again, graph.parts(task.aws.config))

    assert asked == []
    assert outputs["api"] == {"Url": "https://api.example.org"}
    assert f"{name_of(task, 'api')} is as its template says." in said()


def test_a_change_is_told_with_its_property_and_a_given_parameter_is_remembered(
    task: Task, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploying.deploy(whole(task), graph.parts(task.aws.config))
    said()
    monkeypatch.setattr(graph, "PARTS", small.changed("compute", longer))

    deploying.deploy(task, graph.parts(task.aws.config))

    told = said()
    assert "  ~ Letters (SQS Queue) changes: MessageRetentionPeriod" in told
    assert "  - Deployment (S3 Bucket) is removed, with what is in it" in told
    api = stacks.look(cloudformation(task), name_of(task, "api"))
    assert api is not None
    assert api.parameters["HostedZoneId"] == "Z1"


def test_a_parameter_that_nobody_gave_is_wrong_input_before_anything_is_made(task: Task) -> None:
    with pytest.raises(WrongConfig, match="Add --parameter HostedZoneId=value"):
        deploying.deploy(task, graph.parts(task.aws.config))

    assert stacks.look(cloudformation(task, GLOBAL_REGION), name_of(task, "dns")) is None
    assert home.known(task.aws) == ""


def test_a_parameter_of_no_stack_is_wrong_input_before_anything_is_made(task: Task) -> None:
    with pytest.raises(WrongConfig, match="--parameter Zone: no such parameter"):
        deploying.deploy(replace(task, given={"Zone": "Z1"}), small.PARTS)

    assert status(task, "data") is None


def test_who_says_no_changes_nothing_and_leaves_nothing_behind(task: Task) -> None:
    with pytest.raises(Trouble, match="Stopped before"):
        deploying.deploy(replace(task, agree=lambda _question: False), small.only("dns"))

    assert stacks.look(cloudformation(task, GLOBAL_REGION), name_of(task, "dns")) is None


def test_a_missing_need_is_named_before_anything_is_made(task: Task) -> None:
    with pytest.raises(Trouble, match="api needs the stack compute, which is not there: run `python -m infra deploy"):
        deploying.deploy(task, small.only("api"))

    assert home.known(task.aws) == ""


def test_a_failed_first_creation_is_explained_and_made_again(
    task: Task, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploying.deploy(task, small.only("dns", "data"))
    broken = small.changed("compute", small.failing(small.compute))

    with pytest.raises(Trouble, match=r"compute failed\. First was Broken \(SSM Parameter\): .*Nowhere") as caught:
        deploying.deploy(task, small.only("compute", parts=broken))
    assert "What was made of it is removed again. Mend it; the same command" in str(caught.value)
    assert status(task, "compute") == "ROLLBACK_COMPLETE"

    deploying.deploy(task, small.only("compute"))
    assert status(task, "compute") == "CREATE_COMPLETE"
    assert "what is left of it is removed" in said()


def test_a_failed_first_creation_leaves_no_table_that_blocks_the_next(task: Task, said: Said) -> None:
    deploying.deploy(task, small.only("dns"))
    broken = small.changed("data", small.failing(small.data, after=("Things",)))

    with pytest.raises(Trouble, match=r"What was made of it is removed again\. Mend it"):
        deploying.deploy(task, small.only("data", parts=broken))

    told = said()
    assert "Things (DynamoDB Table) is made" in told
    assert "Things (DynamoDB Table) is removed" in told
    assert f"{task.aws.config.prefix}-things" not in task.aws.client("dynamodb").list_tables()["TableNames"]
    deploying.deploy(task, small.only("data"))
    assert status(task, "data") == "CREATE_COMPLETE"


def test_a_failed_first_creation_that_takes_in_removes_nothing_that_is_to_be_kept(task: Task, said: Said) -> None:
    deploying.deploy(task, small.only("dns"))
    adopting = replace(task, adopt=True)
    broken = small.changed("data", small.failing(small.data, after=("Things",)))

    with pytest.raises(Trouble, match="again, but for what is to be kept, which the same command takes in"):
        deploying.deploy(adopting, small.only("data", parts=broken))

    assert "Things (DynamoDB Table) is kept" in said()
    deploying.deploy(adopting, small.only("data"))
    assert "  + Things (DynamoDB Table) exists already and is taken in" in said()


def test_a_failed_change_removes_no_new_table(task: Task) -> None:
    def empty(config: Config) -> Stack:
        stack = Stack(config, "data", config.region, "No table yet")
        stack.add(Queue("Other"))
        return stack

    deploying.deploy(task, small.only("dns", "data", parts=small.changed("data", empty)))
    broken = small.changed("data", small.failing(small.data, after=("Things",)))

    with pytest.raises(Trouble, match="What stood before it stands as before"):
        deploying.deploy(task, small.only("data", parts=broken))

    assert f"{task.aws.config.prefix}-things" in task.aws.client("dynamodb").list_tables()["TableNames"]


def test_a_table_that_exists_already_is_taken_in_only_when_told_to(task: Task, said: Said) -> None:
    table = f"{task.aws.config.prefix}-things"
    task.aws.client("dynamodb").create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    task.aws.client("dynamodb").put_item(TableName=table, Item={"id": {"S": "kept"}})

    deploying.deploy(replace(task, adopt=True), small.only("dns", "data"))

    assert "  + Things (DynamoDB Table) exists already and is taken in" in said()
    assert task.aws.client("dynamodb").scan(TableName=table)["Count"] == 1


def test_what_a_failed_creation_left_is_named_and_not_run_over(task: Task) -> None:
    deploying.deploy(task, small.only("dns"))
    name = name_of(task, "data")
    left = {
        "LogicalResourceId": "Things",
        "PhysicalResourceId": "things-table",
        "ResourceType": "AWS::DynamoDB::Table",
        "ResourceStatus": "DELETE_SKIPPED",
        "LastUpdatedTimestamp": "2026-01-01T00:00:00Z",
    }
    with Stubber(cloudformation(task)) as recorded:
        recorded.add_response("describe_stacks", described(name, "ROLLBACK_COMPLETE"))
        recorded.add_response("describe_stacks", described(name, "ROLLBACK_COMPLETE"))
        recorded.add_response("list_stack_resources", {"StackResourceSummaries": [left]})
        with pytest.raises(Trouble) as caught:
            deploying.deploy(task, small.only("data"))
        assert str(caught.value) == (
            f"{name} could not be made the last time, and things-table stayed. `python -m infra deploy --env dev "
            "--adopt` takes that into the new stack; or remove it by hand and run the same command again."
        )
        recorded.assert_no_pending_responses()


def test_what_an_earlier_deploy_began_is_waited_for(task: Task, said: Said) -> None:
    deploying.deploy(task, small.only("dns"))
    name, ticking = name_of(task, "data"), small.Ticking()
    begun, ended = (event(number, name, status) for number, status in ((1, "UPDATE_IN_PROGRESS"), (2, "UPDATE_FAILED")))
    with Stubber(cloudformation(task)) as recorded:
        recorded.add_response("describe_stacks", described(name, "UPDATE_IN_PROGRESS"))
        recorded.add_response("describe_stacks", described(name, "UPDATE_IN_PROGRESS"))
        recorded.add_response("describe_stack_events", {"StackEvents": [begun]})
        recorded.add_response("describe_stack_events", {"StackEvents": [begun]})
        recorded.add_response("describe_stacks", described(name, "UPDATE_IN_PROGRESS"))
        recorded.add_response("describe_stack_events", {"StackEvents": [ended, begun]})
        recorded.add_response("describe_stacks", described(name, "UPDATE_FAILED"))
        recorded.add_response("describe_stacks", described(name, "UPDATE_FAILED"))
        with pytest.raises(Trouble, match=r"is UPDATE_FAILED .*rollback-stack"):
            deploying.deploy(replace(task, clock=small.clock(ticking)), small.only("data"))
        recorded.assert_no_pending_responses()

    told = said()
    assert f"{name} is still at work (UPDATE_IN_PROGRESS); waiting for it." in told
    assert f"12:00:02  {name} (CloudFormation Stack) could not be changed: because" in told
    assert "12:00:01" not in told
    assert ticking.pauses == [0.2]


def described(name: str, status: str) -> dict[str, Any]:
    """CloudFormation's answer about a stack, as it gives it."""
    stack = {
        "StackName": name,
        "StackId": "arn:recorded",
        "StackStatus": status,
        "StackStatusReason": "Things cannot be put back",
        "CreationTime": "2026-01-01T00:00:00Z",
    }
    return {"Stacks": [stack]}


def event(number: int, name: str, status: str) -> dict[str, Any]:
    """An event of a stack about itself."""
    return {
        "StackId": "arn:recorded",
        "EventId": str(number),
        "StackName": name,
        "LogicalResourceId": name,
        "PhysicalResourceId": "arn:recorded",
        "ResourceType": "AWS::CloudFormation::Stack",
        "Timestamp": datetime(2026, 1, 1, 12, 0, number, tzinfo=UTC),
        "ResourceStatus": status,
        "ResourceStatusReason": "because",
    }


@pytest.mark.parametrize("adopt", [False, True])
def test_a_bucket_that_is_there_cannot_be_taken_in_by_the_embedded_aws(task: Task, adopt: bool) -> None:
    kept = small.only("compute", parts=small.changed("compute", with_kept_bucket))
    deploying.deploy(task, small.only("dns", "data"))
    bucket = names.bucket(task.aws.config, "deployment")
    task.aws.client("s3").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": task.aws.config.region}
    )

    with pytest.raises(Trouble) as caught:
        deploying.deploy(replace(task, adopt=adopt), kept)

    told = str(caught.value)
    assert told.startswith(
        f"{name_of(task, 'compute')} failed. First was Deployment (Resource of type 'AWS::S3::Bucket' with identifier "
        f"'{bucket}' already exists). What was made of it is removed again"
    )
    assert told.endswith(
        ". The embedded AWS cannot take in buckets: remove this one there. Mend it; the same command goes on from here."
    )
    assert "deploy --env dev --adopt" not in told


def with_kept_bucket(config: Config) -> Stack:
    """A bucket that outlives its stack."""
    stack = Stack(config, "compute", config.region, "A bucket")
    stack.add(Bucket("Deployment", BucketName=f"{config.prefix}-deployment", DeletionPolicy="Retain"))
    return stack


def test_a_name_that_is_taken_by_what_cannot_be_taken_in_is_to_be_freed(task: Task) -> None:
    def with_ours(config: Config) -> Stack:
        stack = Stack(config, "dns", GLOBAL_REGION, "A parameter")
        stack.add(SsmParameter("Taken", Name=f"/{config.prefix}/taken", Type="String", Value="ours"))
        return stack

    place = f"/{task.aws.config.prefix}/taken"
    task.aws.client("ssm", GLOBAL_REGION).put_parameter(Name=place, Value="mine", Type="String")

    with pytest.raises(Trouble, match="It cannot be taken in: remove it by hand if nobody needs it") as caught:
        deploying.deploy(task, small.only("dns", parts=small.changed("dns", with_ours)))

    assert "--adopt" not in str(caught.value)


def test_a_name_that_is_taken_is_told_with_the_command_that_takes_it_in(task: Task, said: Said) -> None:
    deploying.deploy(task, small.only("dns"))
    task.aws.client("ssm").put_parameter(Name=f"/{task.aws.config.prefix}/taken", Value="mine", Type="String")
    taken = small.only("data", parts=small.changed("data", with_taken))

    with pytest.raises(Trouble, match="`python -m infra deploy --env dev --adopt` takes in what exists already"):
        deploying.deploy(task, taken)

    deploying.deploy(replace(task, adopt=True), taken)
    assert "  + Taken (SSM Parameter) exists already and is taken in" in said()


def test_what_cannot_be_taken_in_although_asked_for_is_not_advised_again(task: Task) -> None:
    with Stubber(cloudformation(task, GLOBAL_REGION)) as recorded:
        name = name_of(task, "dns")
        made = {"Id": "arn:set", "StackId": "arn:recorded"}
        planned = {"ChangeSetName": "set", "StackId": "arn:recorded", "Status": "CREATE_COMPLETE", "Changes": []}
        failed = event(2, name, "ROLLBACK_COMPLETE")
        broken = event(1, name, "CREATE_FAILED") | {
            "LogicalResourceId": "Other",
            "PhysicalResourceId": "other",
            "ResourceType": "AWS::SSM::Parameter",
            "ResourceStatusReason": "other already exists",
        }
        for _ in range(2):
            recorded.add_client_error("describe_stacks", "ValidationError", "Stack does not exist")
        recorded.add_response("create_change_set", made)
        recorded.add_response("describe_change_set", planned)
        recorded.add_response("describe_stack_events", {"StackEvents": []})
        recorded.add_response("execute_change_set", {})
        recorded.add_response("describe_stack_events", {"StackEvents": [failed, broken]})
        recorded.add_response("describe_stacks", described(name, "ROLLBACK_COMPLETE"))
        recorded.add_client_error("describe_change_set", "ChangeSetNotFound")
        with pytest.raises(Trouble, match="already exists") as caught:
            deploying.deploy(replace(task, adopt=True), small.only("dns"))

    assert "--adopt" not in str(caught.value)


def with_taken(config: Config) -> Stack:
    """A parameter under a name that somebody has taken."""
    stack = Stack(config, "data", config.region, "A parameter")
    taken = SsmParameter("Taken", Name=f"/{config.prefix}/taken", Type="String", Value="ours", DeletionPolicy="Retain")
    stack.add(taken)
    return stack


def test_a_failed_change_leaves_what_stood(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    deploying.deploy(task, small.only("dns", "data", "compute"))
    broken = small.changed("compute", small.failing(small.compute))

    with pytest.raises(Trouble, match="What stood before it stands as before"):
        deploying.deploy(task, small.only("compute", parts=broken))

    assert status(task, "compute") == "UPDATE_ROLLBACK_COMPLETE"
    assert deploying.deploy(task, small.only("compute"))["compute"]["LettersArn"].endswith("-letters")


def test_a_plan_that_a_killed_deploy_left_is_removed(task: Task, said: Said) -> None:
    cloudformation(task).create_change_set(
        StackName=name_of(task, "data"),
        ChangeSetName="left",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}),
    )
    assert status(task, "data") == "REVIEW_IN_PROGRESS"

    deploying.deploy(task, small.only("dns", "data"))

    assert status(task, "data") == "CREATE_COMPLETE"
    assert "was planned and not made; the plan is removed." in said()


def test_tables_may_not_leave_their_stack_unless_let_go(task: Task, said: Said) -> None:
    deploying.deploy(task, small.only("dns", "data"))

    def without(config: Config) -> Stack:
        stack = Stack(config, "data", config.region, "No table")
        stack.add(Queue("Other"))
        return stack

    parts = small.only("data", parts=small.changed("data", without))
    with pytest.raises(Trouble, match=r"is not touched: Things \(DynamoDB Table\) would leave it"):
        deploying.deploy(task, parts)
    said()
    deploying.deploy(replace(task, let_go=True), parts)

    assert "  - Things (DynamoDB Table) leaves the stack and is kept in AWS" in said()
    assert f"{task.aws.config.prefix}-things" in task.aws.client("dynamodb").list_tables()["TableNames"]


def test_a_stack_with_data_has_a_policy_and_outside_dev_termination_protection(embedded: Aws, config: Config) -> None:
    for env, protected in (("dev", False), ("staging", True)):
        aws = Aws(replace(config, env=env))
        deploying.deploy(Task(aws, agree=lambda _question: True), small.only("dns", "data"))

        client = aws.client("cloudformation")
        name = names.stack_name(aws.config, "data")
        policy = json.loads(client.get_stack_policy(StackName=name)["StackPolicyBody"])
        assert policy["Statement"][1] == {
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["Update:Replace", "Update:Delete"],
            "Resource": "*",
            "Condition": {"StringEquals": {"ResourceType": ["AWS::DynamoDB::Table", "AWS::Cognito::UserPool"]}},
        }
        standing = stacks.look(client, name)
        assert standing is not None
        assert standing.protected is protected


def test_another_region_than_the_one_where_it_stands_is_refused(task: Task) -> None:
    deploying.deploy(task, small.only("dns"))
    elsewhere = replace(task, aws=Aws(replace(task.aws.config, region="eu-central-1")))

    with pytest.raises(Trouble, match="stands in eu-north-1, and region says eu-central-1"):
        deploying.deploy(elsewhere, small.only("dns", "data"))

    assert stacks.look(elsewhere.aws.client("cloudformation"), name_of(task, "data")) is None


def test_a_large_template_goes_through_the_deployment_bucket(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    deploying.deploy(task, small.only("dns", "data", "compute"))

    def large(config: Config) -> Stack:
        stack = Stack(config, "api", config.region, "Much")
        for number in range(60):
            stack.publish(f"value-{number}", "x" * 400, "A long value")
        return stack

    outputs = deploying.deploy(task, small.only("api", parts=small.changed("api", large)))

    assert len(outputs["api"]) == 60
    bucket = names.bucket(task.aws.config, "deployment")
    keys = [one["Key"] for one in task.aws.client("s3").list_objects_v2(Bucket=bucket)["Contents"]]
    assert len(keys) == 1
    assert keys[0].startswith("templates/api/")


def test_a_large_template_without_the_bucket_says_which_stack_makes_it(task: Task) -> None:
    def large(config: Config) -> Stack:
        stack = Stack(config, "dns", GLOBAL_REGION, "Much")
        for number in range(60):
            stack.publish(f"value-{number}", "x" * 400, "A long value")
        return stack

    with pytest.raises(Trouble, match="-deployment for larger ones is not there: deploy the stack compute first"):
        deploying.deploy(task, small.only("dns", parts=small.changed("dns", large)))


def test_a_bucket_that_was_removed_by_hand_is_told_with_the_way_to_make_it_again(task: Task) -> None:
    def large(config: Config) -> Stack:
        stack = Stack(config, "api", config.region, "Much")
        for number in range(60):
            stack.publish(f"value-{number}", "x" * 400, "A long value")
        return stack

    deploying.deploy(task, small.only("dns", "data", "compute"))
    bucket, s3 = names.bucket(task.aws.config, "deployment"), task.aws.client("s3")
    s3.delete_bucket(Bucket=bucket)
    much = small.only("api", parts=small.changed("api", large))

    with pytest.raises(Trouble) as caught:
        deploying.deploy(task, much)

    command = (
        f"`aws s3api create-bucket --bucket {bucket} --region eu-north-1 "
        "--create-bucket-configuration LocationConstraint=eu-north-1`"
    )
    assert f"the stack compute stands, so somebody removed it by hand. Make it again by {command}" in str(caught.value)
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
    assert len(deploying.deploy(task, much)["api"]) == 60


def test_comparing_tells_and_makes_nothing(task: Task, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = deploying.compare(whole(task), graph.parts(task.aws.config))
    assert everything == [name_of(task, stack) for stack in ("dns", "data", "compute", "api")]
    assert status(task, "data") is None

    deploying.deploy(whole(task), graph.parts(task.aws.config))
    assert deploying.compare(whole(task), graph.parts(task.aws.config)) == []

    monkeypatch.setattr(graph, "PARTS", small.changed("compute", longer))
    said()
    assert deploying.compare(whole(task), graph.parts(task.aws.config)) == [name_of(task, "compute")]
    assert "  ~ Letters (SQS Queue) changes: MessageRetentionPeriod" in said()
    left = cloudformation(task).list_change_sets(StackName=name_of(task, "compute"))["Summaries"]
    assert [one["ExecutionStatus"] for one in left] == ["EXECUTE_COMPLETE"]
    assert status(task, "compute") == "CREATE_COMPLETE"


def test_what_is_published_is_read_back_without_the_copies(task: Task) -> None:
    deploying.deploy(whole(task), graph.parts(task.aws.config))

    found = parameters.published(task.aws)

    assert found["dns/site-certificate-arn"] == "arn:one"
    assert found["data/things-table-name"] == f"{task.aws.config.prefix}-things"
    assert sorted(found) == ["api/url", "compute/letters-arn", "data/things-table-name", "dns/site-certificate-arn"]
    assert "dns/site-certificate-arn" not in parameters.published(task.aws, task.aws.config.region)


def test_a_stack_that_cannot_be_put_back_is_refused_with_the_remedy(task: Task) -> None:
    deploying.deploy(task, small.only("dns"))
    with Stubber(cloudformation(task)) as recorded:
        for _ in range(2):
            recorded.add_response("describe_stacks", described(name_of(task, "data"), "UPDATE_ROLLBACK_FAILED"))
        with pytest.raises(Trouble) as caught:
            deploying.deploy(task, small.only("data"))
        recorded.assert_no_pending_responses()

    assert str(caught.value) == (
        f"The stack {name_of(task, 'data')} in eu-north-1 is UPDATE_ROLLBACK_FAILED (Things cannot be put back): "
        f"mend what it names and run `aws cloudformation continue-update-rollback --stack-name {name_of(task, 'data')} "
        "--region eu-north-1`, then run the same command again."
    )
