import json
import re
from typing import Any

import pytest

from infra import environments, graph, synth
from infra.declared import jobs, metrics
from infra.deployment.pruning import REFUSED_TYPES
from infra.estimate.inventory import Inventory
from infra.stacks.observability.sources import own
from tests.infra.conftest import Template
from tests.infra.reading import of_type, only, published, statements

MODES = [{}, {"api": "http"}, {"hosting": "spa"}, {"hosting": "amplify"}, {"env": "dev"}, {"env": "staging"}]
COMMANDS = ["sync_media", "erase_accounts"]


def alarms(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The properties of the alarms by their names without the environment's prefix."""
    found = [body["Properties"] for body in of_type(made, "AWS::CloudWatch::Alarm").values()]
    return {alarm["AlarmName"].split("-", 2)[2]: alarm for alarm in found}


def dimensions(alarm: dict[str, Any]) -> dict[str, Any]:
    return {one["Name"]: one["Value"] for one in alarm["Dimensions"]}


def rule(alarm: dict[str, Any]) -> tuple[Any, ...]:
    return (
        alarm.get("Statistic", alarm.get("ExtendedStatistic")),
        alarm["ComparisonOperator"],
        alarm["Threshold"],
        alarm["EvaluationPeriods"],
        alarm.get("Period"),
    )


def custom_metrics(made: dict[str, Any]) -> set[tuple[str, tuple[str, ...]]]:
    """Names and dimensions of the application's metrics in alarms and on the dashboard."""
    found = set()
    for alarm in alarms(made).values():
        parts = [query["MetricStat"]["Metric"] for query in alarm.get("Metrics", []) if "MetricStat" in query]
        for part in parts or [alarm]:
            if part["Namespace"] == "MovieRec":
                found.add((part["MetricName"], tuple(dimensions(part))))
    for line in lines(made):
        if line[0] == "MovieRec":
            found.add((line[1], tuple(line[2:-1:2])))
    return found


def widgets(made: dict[str, Any]) -> list[dict[str, Any]]:
    body: dict[str, Any] = json.loads(only(made, "AWS::CloudWatch::Dashboard")["DashboardBody"]["Fn::Sub"])
    found: list[dict[str, Any]] = body["widgets"]
    return found


def lines(made: dict[str, Any]) -> list[list[Any]]:
    return [line for widget in widgets(made) for line in widget["properties"].get("metrics", [])]


class TestFunctions:
    @pytest.mark.parametrize("env", ["dev", "staging", "prod"])
    def test_errors_twice_in_five_minutes(self, template: Template, env: str) -> None:
        alarm = alarms(template("observability", env=env))["app-errors"]

        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "Errors")
        assert dimensions(alarm) == {"FunctionName": f"movierec-{env}"}
        assert rule(alarm) == ("Sum", "GreaterThanThreshold", 10, 2, 300)

    @pytest.mark.parametrize("env", ["dev", "staging", "prod"])
    def test_error_rate_over_one_percent(self, template: Template, env: str) -> None:
        alarm = alarms(template("observability", env=env))["app-error-rate"]
        result, *parts = alarm["Metrics"]

        assert result == {
            "Id": "result",
            "Expression": "IF(invocations > 0, 100 * errors / invocations, 0)",
            "ReturnData": True,
        }
        assert {part["Id"]: part["MetricStat"]["Metric"]["MetricName"] for part in parts} == {
            "errors": "Errors",
            "invocations": "Invocations",
        }
        assert {part["ReturnData"] for part in parts} == {False}
        assert (alarm["ComparisonOperator"], alarm["Threshold"], alarm["EvaluationPeriods"]) == (
            "GreaterThanThreshold",
            1,
            2,
        )

    def test_one_broken_job_is_enough(self, template: Template) -> None:
        alarm = alarms(template("observability"))["jobs-errors"]

        assert dimensions(alarm) == {"FunctionName": "movierec-prod-jobs"}
        assert rule(alarm) == ("Sum", "GreaterThanThreshold", 0, 1, 300)

    def test_limits(self, template: Template) -> None:
        found = alarms(template("observability"))

        assert rule(found["app-throttles"]) == ("Sum", "GreaterThanThreshold", 0, 1, 300)
        # Of 30 seconds.
        assert rule(found["app-duration"]) == ("p99", "GreaterThanThreshold", 24_000.0, 2, 300)


class TestGateways:
    def test_rest(self, template: Template) -> None:
        alarm = alarms(template("observability"))["api-5xx"]
        (api,) = of_type(template("api"), "AWS::ApiGateway::RestApi").values()

        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/ApiGateway", "5XXError")
        assert dimensions(alarm) == {"ApiName": api["Properties"]["Name"], "Stage": {"Ref": "ApiStage"}}
        assert rule(alarm) == ("Sum", "GreaterThanThreshold", 10, 1, 300)

    def test_http(self, template: Template) -> None:
        alarm = alarms(template("observability", api="http"))["api-5xx"]

        assert alarm["MetricName"] == "5xx"
        assert dimensions(alarm) == {"ApiId": {"Ref": "ApiId"}, "Stage": {"Ref": "ApiStage"}}

    def test_the_sites_own_door(self, template: Template) -> None:
        alarm = alarms(template("observability", env="dev"))["site-5xx"]

        assert alarm["MetricName"] == "5xx"
        assert dimensions(alarm) == {"ApiId": {"Ref": "FrontendSiteApiId"}, "Stage": "$default"}
        assert rule(alarm) == ("Sum", "GreaterThanThreshold", 10, 1, 300)

    def test_in_prod_the_sites_door_is_watched_by_its_share_of_errors(self, template: Template) -> None:
        found = alarms(template("observability"))

        assert "site-5xx" not in found
        assert {"site-fast-burn", "site-slow-burn"} < set(found)

    def test_amplify(self, template: Template) -> None:
        alarm = alarms(template("observability", hosting="amplify"))["site-5xx"]

        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/AmplifyHosting", "5xxErrors")
        assert dimensions(alarm) == {"App": {"Ref": "FrontendAmplifyAppId"}}

    def test_files_alone_have_none(self, template: Template) -> None:
        assert "site-5xx" not in alarms(template("observability", hosting="spa"))


class TestTables:
    @pytest.mark.parametrize("env", ["dev", "staging", "prod"])
    def test_one_alarm_for_all_of_them(self, template: Template, env: str) -> None:
        found = alarms(template("observability", env=env))
        alarm = found["dynamodb-throttles"]

        assert (alarm["Namespace"], alarm["MetricName"]) == ("MovieRec", "DynamoThrottles")
        assert dimensions(alarm) == {"Environment": env}
        assert rule(alarm) == ("Sum", "GreaterThanThreshold", 0, 1, 300)
        assert [name for name in found if name.endswith("-throttles")] == (
            ["dynamodb-throttles", "app-throttles"] if env == "prod" else ["dynamodb-throttles"]
        )


class TestJobs:
    def test_commands_are_those_that_are_scheduled(self) -> None:
        assert list(dict.fromkeys(job.command.split()[0] for job in jobs.JOBS if job.watched)) == COMMANDS

    @pytest.mark.parametrize("env", ["dev", "prod"])
    @pytest.mark.parametrize(
        ("name", "queue"),
        [("dead-letters", "ComputeDeadLetterQueueName"), ("rotation-failures", "AuthRotationFailuresName")],
    )
    def test_a_queue_that_is_not_empty(self, template: Template, env: str, name: str, queue: str) -> None:
        alarm = alarms(template("observability", env=env))[name]

        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
        assert dimensions(alarm) == {"QueueName": {"Ref": queue}}
        assert rule(alarm) == ("Maximum", "GreaterThanThreshold", 0, 1, 300)

    @pytest.mark.parametrize("command", COMMANDS)
    def test_silent_for_26_hours(self, template: Template, command: str) -> None:
        alarm = alarms(template("observability"))[f"{command.replace('_', '-')}-silent"]

        assert dimensions(alarm) == {"Environment": "prod", "Job": command}
        assert rule(alarm) == ("Sum", "LessThanThreshold", 1, 26, 3600)
        assert alarm["TreatMissingData"] == "breaching"


class TestService:
    def test_figures_of_the_application(self, template: Template) -> None:
        found = alarms(template("observability"))
        expected = {
            "sign-in-failures": ("SignInFailures", ("Sum", "GreaterThanThreshold", 50, 1, 300)),
            "recommendation-fallbacks": ("RecommendationFallbacks", ("Sum", "GreaterThanThreshold", 10, 3, 300)),
            "tmdb-failures": ("TmdbFailures", ("Sum", "GreaterThanThreshold", 10, 3, 300)),
        }

        assert {name: (found[name]["MetricName"], rule(found[name])) for name in expected} == expected
        assert {found[name]["Namespace"] for name in expected} == {"MovieRec"}

    def test_uploads_over_100_gb(self, template: Template) -> None:
        alarm = alarms(template("observability"))["assets-size"]

        result, *parts = alarm["Metrics"]
        stats = [part["MetricStat"] for part in parts]

        assert result == {"Id": "result", "Expression": "FILL(recent, 0) + FILL(archived, 0)", "ReturnData": True}
        assert {part["Id"]: dimensions(part["MetricStat"]["Metric"]) for part in parts} == {
            "recent": {"BucketName": "movierec-prod-assets", "StorageType": "StandardStorage"},
            "archived": {"BucketName": "movierec-prod-assets", "StorageType": "GlacierInstantRetrievalStorage"},
        }
        assert {
            (stat["Metric"]["Namespace"], stat["Metric"]["MetricName"], stat["Stat"], stat["Period"]) for stat in stats
        } == {("AWS/S3", "BucketSizeBytes", "Average", 86_400)}
        assert rule(alarm) == (None, "GreaterThanThreshold", 107_374_182_400, 1, None)


class TestAvailability:
    def test_each_door_at_two_rates(self, template: Template) -> None:
        found = alarms(template("observability"))
        burning = {name: alarm for name, alarm in found.items() if name.endswith("-burn")}

        assert {name: (alarm["Threshold"], alarm["Period"]) for name, alarm in burning.items()} == {
            "api-fast-burn": (0.0144, 300),
            "api-slow-burn": (0.006, 1800),
            "site-fast-burn": (0.0144, 300),
            "site-slow-burn": (0.006, 1800),
        }
        for name, alarm in burning.items():
            door = name.partition("-")[0]
            assert (alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (3, 12)
            assert (alarm["Statistic"], alarm["TreatMissingData"]) == ("Average", "notBreaching")
            assert alarm["MetricName"] == {"api": "5XXError", "site": "5xx"}[door]

    def test_they_say_what_they_mean(self, template: Template) -> None:
        found = alarms(template("observability"))

        assert found["api-fast-burn"]["AlarmDescription"] == (
            "In at least 3 of the last 12 periods of 5 minutes, more than 1.44% of what the api answered were errors "
            "of ours, 14.4 times what 99.9% in 30 days allows. What to do: docs/runbook.md#fast-burn"
        )
        assert "periods of 30 minutes, more than 0.60% of what the site" in found["site-slow-burn"]["AlarmDescription"]

    def test_other_alarms_count_periods_in_a_row(self, template: Template) -> None:
        found = alarms(template("observability"))

        assert {name for name, alarm in found.items() if "DatapointsToAlarm" in alarm} == {
            name for name in found if name.endswith("-burn")
        }

    def test_nothing_is_made_of_several_alarms(self, template: Template) -> None:
        assert of_type(template("observability"), "AWS::CloudWatch::CompositeAlarm") == {}

    def test_not_outside_of_prod(self, template: Template) -> None:
        assert not any("burn" in name for name in alarms(template("observability", env="staging")))


class TestTraces:
    def test_one_of_twenty_and_none_for_being_first(self, template: Template) -> None:
        assert only(template("observability"), "AWS::XRay::SamplingRule")["SamplingRule"] == {
            "RuleName": "movierec-prod",
            "Version": 1,
            "Priority": 1000,
            "ReservoirSize": 0,
            "FixedRate": 0.05,
            "ServiceName": "movierec-prod*",
            "ServiceType": "*",
            "Host": "*",
            "HTTPMethod": "*",
            "URLPath": "*",
            "ResourceARN": "*",
        }

    def test_the_rule_is_for_the_gateway_by_its_name(self, template: Template) -> None:
        (api,) = of_type(template("api"), "AWS::ApiGateway::RestApi").values()

        assert api["Properties"]["Name"] == "movierec-prod"

    def test_none_where_nothing_is_traced(self, template: Template) -> None:
        assert of_type(template("observability", tracing="off"), "AWS::XRay::SamplingRule") == {}

    def test_the_embedded_aws_is_spared_it(self) -> None:
        assert "AWS::XRay::SamplingRule" in REFUSED_TYPES


class TestAlarms:
    @pytest.mark.parametrize("mode", MODES)
    def test_each_tells_people_when_it_begins_and_ends(self, template: Template, mode: dict[str, str]) -> None:
        for name, alarm in alarms(template("observability", **mode)).items():
            assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "Topic"}], name
            heading = re.sub(r"^(api|site)-(fast|slow)-burn$", r"\2-burn", name)
            assert alarm["AlarmDescription"].endswith(f" What to do: docs/runbook.md#{heading}"), name

    def test_all_stacks_of_prod_together_watch_23_metrics(self) -> None:
        assert Inventory(synth.templates(environments.load("prod"))).alarm_metrics == 23

    @pytest.mark.parametrize(("env", "most"), [("dev", 9), ("staging", 9), ("prod", 21)])
    def test_how_many_metrics_they_are_paid_for(self, template: Template, env: str, most: int) -> None:
        found = alarms(template("observability", env=env)).values()

        assert sum(sum("MetricStat" in query for query in alarm.get("Metrics", [])) or 1 for alarm in found) == most

    @pytest.mark.parametrize("mode", MODES)
    def test_metrics_of_the_application_are_declared(self, template: Template, mode: dict[str, str]) -> None:
        declared = {(metric.name, metric.dimensions) for metric in metrics.METRICS}

        assert custom_metrics(template("observability", **mode)) <= declared

    def test_all_that_is_declared_is_shown(self, template: Template) -> None:
        assert {name for name, _ in custom_metrics(template("observability"))} == {
            metric.name for metric in metrics.METRICS
        }
        assert len(metrics.METRICS) == 10 + 2

    def test_other_dimensions_than_declared_are_refused(self) -> None:
        with pytest.raises(ValueError, match=re.escape("JobFailed is told by ('Environment', 'Job')")):
            own(environments.load("dev"), metrics.JOB_FAILED)


class TestTopic:
    def test_sealed_with_our_key_in_our_region(self, template: Template) -> None:
        assert only(template("observability"), "AWS::SNS::Topic")["KmsMasterKeyId"] == {"Ref": "SecurityKeyArn"}
        assert "KmsMasterKeyId" not in only(template("observability", cmk="off"), "AWS::SNS::Topic")

    def test_of_cloudfronts_region_without_a_key_and_by_tls_alone(self, template: Template) -> None:
        made = template("observability-global")
        policy = statements(only(made, "AWS::SNS::TopicPolicy")["PolicyDocument"])

        assert "KmsMasterKeyId" not in only(made, "AWS::SNS::Topic")
        assert policy["OnlyTls"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert "KmsKeyId" not in only(made, "AWS::Logs::LogGroup")

    def test_cloudwatch_of_this_account_writes_and_none_without_tls(self, template: Template) -> None:
        policy = statements(only(template("observability"), "AWS::SNS::TopicPolicy")["PolicyDocument"])

        assert policy["Publisher"]["Principal"] == {"Service": ["cloudwatch.amazonaws.com"]}
        assert policy["Publisher"]["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
        assert policy["OnlyTls"]["Effect"] == "Deny"
        assert set(policy) == {"Publisher", "OnlyTls"}

    def test_mail_where_an_address_is_given(self, template: Template) -> None:
        made = template("observability", alarm_email="ops@movierec.net")

        assert only(made, "AWS::SNS::Subscription") == {
            "Protocol": "email",
            "Endpoint": "ops@movierec.net",
            "TopicArn": {"Ref": "Topic"},
        }
        assert of_type(template("observability"), "AWS::SNS::Subscription") == {}
        assert published(made) == {"/movierec/prod/observability/topic-arn": {"Ref": "Topic"}}


class TestDashboard:
    @pytest.mark.parametrize("mode", MODES)
    def test_what_it_shows(self, template: Template, mode: dict[str, str]) -> None:
        shown = [widget["properties"]["title"] for widget in widgets(template("observability", **mode))]

        assert shown == [
            "Requests and errors",
            "Time to answer, in ms",
            "Time to answer by route",
            "Refusals and errors by route",
            "Functions",
            "Slowest of 100 runs, in ms",
            "DynamoDB",
            "TMDB and what is kept of it",
            "Recommendations",
            "Time at DynamoDB and TMDB, in ms, sign-ins, hours since training",
            "Sign-ins",
            "Jobs",
            *([] if mode.get("hosting") == "amplify" else ["CloudFront"]),
            "Cost of this month, in USD",
        ]

    @pytest.mark.parametrize("mode", MODES)
    def test_free_of_charge(self, template: Template, mode: dict[str, str]) -> None:
        assert len(lines(template("observability", **mode))) <= 50

    def test_widgets_do_not_lie_on_each_other(self, template: Template) -> None:
        places = [(widget["x"], widget["y"]) for widget in widgets(template("observability"))]

        assert len(set(places)) == len(places)
        assert {x for x, _ in places} == {0, 8, 16}

    @pytest.mark.parametrize("mode", MODES)
    def test_all_that_it_refers_to_is_a_parameter(self, template: Template, mode: dict[str, str]) -> None:
        made = template("observability", **mode)
        body = only(made, "AWS::CloudWatch::Dashboard")["DashboardBody"]["Fn::Sub"]

        assert set(re.findall(r"\$\{(\w+)\}", body)) <= set(made["Parameters"])

    def test_routes_come_from_the_access_lines(self, template: Template) -> None:
        queries = [
            widget["properties"]["query"] for widget in widgets(template("observability")) if widget["type"] == "log"
        ]

        assert len(queries) == 3
        assert all(
            query.startswith("SOURCE '/aws/lambda/movierec-prod' | filter ispresent(route)") for query in queries
        )


class TestDistribution:
    def test_errors_over_one_percent(self, template: Template) -> None:
        alarm = alarms(template("observability-global"))["cloudfront-5xx"]

        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/CloudFront", "5xxErrorRate")
        assert dimensions(alarm) == {"DistributionId": {"Ref": "FrontendDistributionId"}, "Region": "Global"}
        assert rule(alarm) == ("Average", "GreaterThanThreshold", 1, 2, 300)
        assert alarm["AlarmActions"] == [{"Ref": "Topic"}]

    def test_its_log_has_no_addresses(self, template: Template) -> None:
        made = template("observability-global")
        fields = only(made, "AWS::Logs::Delivery")["RecordFields"]

        assert only(made, "AWS::Logs::DeliverySource")["LogType"] == "ACCESS_LOGS"
        assert "sc-status" in fields
        assert not {"c-ip", "cs(User-Agent)", "cs(Cookie)", "cs(Referer)", "cs-uri-query", "cs-uri-stem"} & set(fields)
        assert only(made, "AWS::Logs::LogGroup")["RetentionInDays"] == 7

    def test_only_deliveries_of_this_account_are_written(self, template: Template) -> None:
        right = only(template("observability-global"), "AWS::Logs::ResourcePolicy")
        (statement,) = json.loads(right["PolicyDocument"]["Fn::Sub"])["Statement"]

        assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "${AWS::AccountId}"}

    def test_it_is_in_cloudfronts_region_and_not_beside_amplify(self) -> None:
        config = environments.load("prod")
        (part,) = graph.chosen(config, ["observability-global"])

        assert part.region(config) == "us-east-1"
        assert "observability-global" not in [
            part.name for part in graph.parts(environments.load("prod", ["hosting=amplify"]))
        ]
