"""What the functions need around them, since Zappa makes the functions alone: roles, logs, schedules, releases."""

from __future__ import annotations

from typing import Any, Final

from troposphere import GetAtt, Parameter, Ref
from troposphere.cloudwatch import Alarm, MetricDimension
from troposphere.codedeploy import Alarm as WatchedAlarm
from troposphere.codedeploy import (
    AlarmConfiguration,
    Application,
    AutoRollbackConfiguration,
    DeploymentGroup,
    DeploymentStyle,
)
from troposphere.iam import Role
from troposphere.scheduler import (
    DeadLetterConfig,
    FlexibleTimeWindow,
    RetryPolicy,
    Schedule,
    ScheduleGroup,
    Target,
)

from infra import names
from infra.config import LOG_DAYS, Config
from infra.declared import functions
from infra.declared.jobs import JOBS, Job
from infra.stack import Stack, Value, arn_of
from infra.stacks import _buckets, _queues, _reasons, _rights, _roles
from infra.stacks._keys import key_of
from infra.stacks._logs import add_log_group

RETRIES: Final = 2
RETRY_SECONDS: Final = 3600
# A tenth of the requests for five minutes, then all.
CANARY: Final = "CodeDeployDefault.LambdaCanary10Percent5Minutes"


def build(config: Config) -> Stack:
    """The surroundings of both functions."""
    stack = Stack(config, "compute", config.region, "Roles, schedules and places for the functions of MovieRec")
    key = key_of(stack, "security")
    days = _log_days(stack)
    for title, function in (("AppLogs", functions.app(config)), ("JobsLogs", functions.jobs(config))):
        add_log_group(stack, title, names.log_group(function.name), key, days)
    _add_deployment_bucket(stack, key)
    _add_function_roles(stack, key)
    _add_invoke_role(stack)
    _add_schedules(stack, key)
    if config.is_on("canary"):
        _add_release(stack)
    return stack


def _log_days(stack: Stack) -> Ref:
    """How long lines of the functions are kept; log_days of the environment, unless an operator says otherwise."""
    return stack.ask(
        Parameter(
            "LogDays",
            Type="Number",
            Default=stack.config.log_days,
            AllowedValues=list(LOG_DAYS),
            Description="How many days the log lines of the functions are kept",
        ),
        group="Logs",
        label="Days of logs",
    )


def _add_deployment_bucket(stack: Stack, key: Value | None) -> None:
    """Where packages and large templates lie on their way; nothing in it is needed for longer."""
    bucket = _buckets.add_bucket(
        stack,
        "deployment",
        key=key,
        rules=[_buckets.old_versions_expire(30)],
        LoggingConfiguration=_buckets.logged(stack.config, "deployment"),
    )
    # Nothing in it is worth keeping when the stack goes.
    bucket.DeletionPolicy = "Delete"
    _buckets.add_policy(stack, bucket)
    stack.publish("deployment-bucket-name", Ref(bucket), "The bucket for packages and large templates")


def _add_function_roles(stack: Stack, key: Value | None) -> None:
    config = stack.config
    if config.roles == "shared":
        shared = names.arn("iam", f"role/{names.role(config, 'app')}", region=False)
        arns: tuple[Value, Value] = (shared, shared)
    else:
        places = _rights.Places(stack.read("auth", "user-pool-arn"), key)
        app = _roles.add_role(stack, "AppRole", "app", "lambda", {"app": _rights.app(config, places)})
        jobs = _roles.add_role(stack, "JobsRole", "jobs", "lambda", {"jobs": _rights.jobs(config, places)})
        arns = (arn_of(app), arn_of(jobs))
    stack.publish("app-role-arn", arns[0], "The role of the function that answers requests")
    stack.publish("jobs-role-arn", arns[1], "The role of the function that runs jobs")


def _add_invoke_role(stack: Stack) -> None:
    """What the gateways call the application with."""
    invoke = _rights.allow("App", "lambda:InvokeFunction", names.alias_arn(names.app_function(stack.config)))
    role = _roles.add_role(stack, "ApiInvokeRole", "api-invoke", "apigateway", {"invoke": [invoke]})
    stack.publish("api-invoke-role-arn", arn_of(role), "The role with which gateways call the application")


def _add_schedules(stack: Stack, key: Value | None) -> None:
    failures = _queues.add_failures(stack, "DeadLetters", _queues.DEAD_LETTERS, key)
    stack.publish("dead-letter-queue-arn", arn_of(failures), "The queue of jobs that failed")
    stack.publish("dead-letter-queue-name", _queues.name_of(failures), "The name of the queue of jobs that failed")
    jobs = names.alias_arn(names.jobs_function(stack.config))
    rights = [
        _rights.allow("Jobs", "lambda:InvokeFunction", jobs),
        _rights.send(arn_of(failures)),
        # For the schedules themselves and for the queue.
        *([_rights.allow("Key", ["kms:Decrypt", "kms:GenerateDataKey"], key)] if key else []),
    ]
    role = _roles.add_role(stack, "SchedulerRole", "scheduler", "scheduler", {"start": rights})
    stack.publish("scheduler-role-arn", arn_of(role), "The role with which schedules start jobs")
    group = stack.add(ScheduleGroup("ScheduleGroup", Name=stack.config.prefix))
    for job in JOBS:
        target = Target(
            Arn=jobs,
            RoleArn=arn_of(role),
            Input=job.payload,
            RetryPolicy=RetryPolicy(MaximumRetryAttempts=RETRIES, MaximumEventAgeInSeconds=RETRY_SECONDS),
            DeadLetterConfig=DeadLetterConfig(Arn=arn_of(failures)),
        )
        _add_schedule(stack, job, target, Ref(group), key)


def _add_schedule(stack: Stack, job: Job, target: Target, group: Ref, key: Value | None) -> None:
    sealed: dict[str, Any] = {} if key is None else {"KmsKeyArn": key}
    schedule = Schedule(
        f"{job.name.title().replace('-', '')}Schedule",
        Name=job.name,
        GroupName=group,
        Description=job.purpose,
        ScheduleExpression=job.cron,
        ScheduleExpressionTimezone="UTC",
        FlexibleTimeWindow=FlexibleTimeWindow(Mode="OFF"),
        State="ENABLED",
        Target=target,
        **sealed,
    )
    stack.add(schedule)
    if key is None:
        stack.suppress(schedule, _reasons.NO_CMK)


def _add_release(stack: Stack) -> None:
    """Moves the alias to a new version in two steps, and back where the alarm goes off or a step fails."""
    config = stack.config
    alarm = _alarm(stack)
    application = Application("Release", ApplicationName=config.prefix, ComputePlatform="Lambda")
    stack.add(application)
    group = DeploymentGroup(
        "ReleaseGroup",
        ApplicationName=Ref(application),
        DeploymentGroupName="app",
        ServiceRoleArn=arn_of(_add_release_role(stack, alarm)),
        DeploymentConfigName=CANARY,
        DeploymentStyle=DeploymentStyle(DeploymentType="BLUE_GREEN", DeploymentOption="WITH_TRAFFIC_CONTROL"),
        AlarmConfiguration=AlarmConfiguration(Enabled=True, Alarms=[WatchedAlarm(Name=Ref(alarm))]),
        AutoRollbackConfiguration=AutoRollbackConfiguration(
            Enabled=True, Events=["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"]
        ),
    )
    stack.add(group)
    stack.publish("release-application", Ref(application), "The CodeDeploy application of releases")
    stack.publish("release-group", Ref(group), "The CodeDeploy deployment group of the application's function")


def _alarm(stack: Stack) -> Alarm:
    function = names.app_function(stack.config)
    alarm = Alarm(
        "ReleaseErrors",
        AlarmName=f"{stack.config.prefix}-release-errors",
        AlarmDescription=(
            "A version that is being released fails; CodeDeploy takes it back. "
            "What to do: docs/runbook.md#release-errors"
        ),
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=[
            MetricDimension(Name="FunctionName", Value=function),
            MetricDimension(Name="Resource", Value=f"{function}:{names.ALIAS}"),
        ],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )
    stack.add(alarm)
    stack.suppress(alarm, _reasons.TELLS_NOBODY)
    return alarm


def _add_release_role(stack: Stack, alarm: Alarm) -> Role:
    function = names.app_function(stack.config)
    rights = [
        _rights.allow("Alias", ["lambda:GetAlias", "lambda:UpdateAlias"], names.arn("lambda", f"function:{function}")),
        _rights.allow(
            "Versions", "lambda:GetProvisionedConcurrencyConfig", names.arn("lambda", f"function:{function}:*")
        ),
        _rights.allow("Alarm", "cloudwatch:DescribeAlarms", GetAtt(alarm, "Arn")),
    ]
    return _roles.add_role(stack, "ReleaseRole", "release", "codedeploy", {"release": rights})
