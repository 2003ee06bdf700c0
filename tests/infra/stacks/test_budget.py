"""The budget, whom it tells, and the watch for unusual spending."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra import environments, graph
from tests.infra.conftest import Template
from tests.infra.reading import of_type, only, statements, tag_names

TOPIC = {"Ref": "Topic"}
SNS = {"SubscriptionType": "SNS", "Address": TOPIC}
MAIL = {"SubscriptionType": "EMAIL", "Address": "ops@movierec.net"}


def _notification(kind: str, percent: int, *subscribers: dict[str, Any]) -> dict[str, Any]:
    return {
        "Notification": {
            "NotificationType": kind,
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": percent,
            "ThresholdType": "PERCENTAGE",
        },
        "Subscribers": list(subscribers),
    }


def test_the_budget_is_50_usd_of_cost_a_month(template: Template) -> None:
    budget = only(template("budget"), "AWS::Budgets::Budget")

    assert budget["Budget"] == {
        "BudgetName": "movierec-prod-monthly",
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": 50, "Unit": "USD"},
    }
    assert tag_names(budget) == {"Environment", "Project", "Stack", "ManagedBy"}


def test_the_budget_is_the_environments(template: Template) -> None:
    budget = only(template("budget", env="dev", budget_usd="7"), "AWS::Budgets::Budget")["Budget"]

    assert (budget["BudgetName"], budget["BudgetLimit"]["Amount"]) == ("movierec-dev-monthly", 7)


@pytest.mark.parametrize(("mail", "subscribers"), [("", [SNS]), ("ops@movierec.net", [SNS, MAIL])])
def test_it_tells_of_80_percent_of_a_forecast_and_of_100_percent(
    template: Template, mail: str, subscribers: list[dict[str, Any]]
) -> None:
    budget = only(template("budget", alarm_email=mail), "AWS::Budgets::Budget")

    assert budget["NotificationsWithSubscribers"] == [
        _notification("ACTUAL", 80, *subscribers),
        _notification("FORECASTED", 100, *subscribers),
        _notification("ACTUAL", 100, *subscribers),
    ]


def test_budgets_and_the_watch_may_publish_for_this_account(template: Template) -> None:
    found = template("budget")
    policy = only(found, "AWS::SNS::TopicPolicy")

    assert policy["Topics"] == [TOPIC]
    assert statements(policy["PolicyDocument"])["Publisher"] == {
        "Sid": "Publisher",
        "Effect": "Allow",
        "Principal": {"Service": ["budgets.amazonaws.com", "costalerts.amazonaws.com"]},
        "Action": "sns:Publish",
        "Resource": TOPIC,
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }
    tellers = ("AWS::Budgets::Budget", "AWS::CE::AnomalySubscription")
    assert all(body["DependsOn"] == "TopicPolicy" for kind in tellers for body in of_type(found, kind).values())


@pytest.mark.parametrize("switch", ["on", "off"])
def test_the_topic_takes_messages_by_tls_alone_and_has_no_key(template: Template, switch: str) -> None:
    found = template("budget", cmk=switch)
    policy = statements(only(found, "AWS::SNS::TopicPolicy")["PolicyDocument"])

    # Budgets and the watch could not publish to a topic that AWS's own key seals.
    assert "KmsMasterKeyId" not in only(found, "AWS::SNS::Topic")
    assert (policy["OnlyTls"]["Effect"], policy["OnlyTls"]["Principal"]) == ("Deny", "*")
    assert policy["OnlyTls"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_operators_mailbox_reads_the_topic(template: Template) -> None:
    assert only(template("budget", alarm_email="ops@movierec.net"), "AWS::SNS::Subscription") == {
        "TopicArn": TOPIC,
        "Protocol": "email",
        "Endpoint": "ops@movierec.net",
    }
    assert not of_type(template("budget"), "AWS::SNS::Subscription")


def test_unusual_spending_is_watched_by_service_and_told_at_once(template: Template) -> None:
    found = template("budget")
    monitor = only(found, "AWS::CE::AnomalyMonitor")

    assert (monitor["MonitorType"], monitor["MonitorDimension"]) == ("DIMENSIONAL", "SERVICE")
    for body in of_type(found, "AWS::CE::AnomalySubscription").values():
        assert body["Properties"]["Frequency"] == "IMMEDIATE"
        assert body["Properties"]["Subscribers"] == [{"Type": "SNS", "Address": TOPIC}]
        assert json.loads(body["Properties"]["ThresholdExpression"]) == {
            "Dimensions": {
                "Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                "MatchOptions": ["GREATER_THAN_OR_EQUAL"],
                "Values": ["10"],
            }
        }
        assert tag_names(body["Properties"]) == {"Environment", "Project", "Stack", "ManagedBy"}


def test_an_account_that_has_a_monitor_keeps_it_because_it_may_have_one_only(template: Template) -> None:
    found = template("budget")

    assert found["Parameters"]["AnomalyMonitorArn"]["Default"] == ""
    assert found["Conditions"] == {
        "MakesMonitor": {"Fn::Equals": [{"Ref": "AnomalyMonitorArn"}, ""]},
        "HasMonitor": {"Fn::Not": [{"Fn::Equals": [{"Ref": "AnomalyMonitorArn"}, ""]}]},
    }
    assert {
        title: (body["Condition"], body["Properties"].get("MonitorArnList"))
        for title, body in found["Resources"].items()
        if "Condition" in body
    } == {
        "AnomalyMonitor": ("MakesMonitor", None),
        "AnomalySubscription": ("MakesMonitor", [{"Ref": "AnomalyMonitor"}]),
        "KnownMonitorSubscription": ("HasMonitor", [{"Ref": "AnomalyMonitorArn"}]),
    }


def test_it_is_where_budgets_are() -> None:
    config = environments.load("dev")
    (part,) = graph.chosen(config, ["budget"])

    assert part.region(config) == part.build(config).region == "us-east-1"
