"""What it may cost: a budget, and a watch for unusual spending."""

from __future__ import annotations

import json
from typing import Final

from troposphere import Equals, Not, Parameter, Ref
from troposphere.budgets import (
    Budget,
    BudgetData,
    Notification,
    NotificationWithSubscribers,
    Spend,
    Subscriber,
)
from troposphere.ce import AnomalyMonitor, AnomalySubscription
from troposphere.ce import Subscriber as AnomalySubscriber
from troposphere.sns import Topic

from infra import names
from infra.config import GLOBAL_REGION, Config
from infra.stack import Stack, Value
from infra.stacks._topics import add_topic

# Who hears when: the kind of cost, and the percentage of the budget that it passes.
_NOTIFICATIONS: Final = (("ACTUAL", 80), ("FORECASTED", 100), ("ACTUAL", 100))
# Unusual spending below this, in USD, is not worth a message.
_LEAST_ANOMALY_USD: Final = 10


def build(config: Config) -> Stack:
    """The budget of the account, and whom it tells."""
    stack = Stack(config, "budget", GLOBAL_REGION, "What MovieRec may cost")
    topic = add_topic(stack, "costs", "budgets", "costalerts", key=None)
    stack.add(
        Budget(
            "Budget",
            Budget=BudgetData(
                BudgetName=names.budget(config),
                BudgetType="COST",
                TimeUnit="MONTHLY",
                BudgetLimit=Spend(Amount=config.budget_usd, Unit="USD"),
            ),
            NotificationsWithSubscribers=[_notification(config, topic, *one) for one in _NOTIFICATIONS],
            DependsOn="TopicPolicy",
        )
    )
    _watch(stack, topic)
    return stack


def _notification(config: Config, topic: Topic, kind: str, percent: int) -> NotificationWithSubscribers:
    subscribers = [Subscriber(SubscriptionType="SNS", Address=Ref(topic))]
    if config.alarm_email:
        # Beside the topic: this mail comes also to whom has not confirmed the topic's subscription.
        subscribers.append(Subscriber(SubscriptionType="EMAIL", Address=config.alarm_email))
    return NotificationWithSubscribers(
        Notification=Notification(
            NotificationType=kind, ComparisonOperator="GREATER_THAN", Threshold=percent, ThresholdType="PERCENTAGE"
        ),
        Subscribers=subscribers,
    )


def _watch(stack: Stack, topic: Topic) -> None:
    """Unusual spending by service. An account may have one such monitor only, and new accounts come with one."""
    known = stack.ask(
        Parameter(
            "AnomalyMonitorArn",
            Type="String",
            Default="",
            AllowedPattern=r"^(arn:[a-z-]+:ce::\d{12}:anomalymonitor/[0-9a-f-]+)?$",
            ConstraintDescription="must be the ARN of an anomaly monitor, or empty to make one",
            Description="The account's monitor of spending by service, where it has one; empty makes it",
        ),
        group="Costs",
        label="Anomaly monitor of the account",
    )
    stack.add_condition("MakesMonitor", Equals(known, ""))
    stack.add_condition("HasMonitor", Not(Equals(known, "")))
    monitor = AnomalyMonitor(
        "AnomalyMonitor",
        MonitorName=names.stack_name(stack.config, "services"),
        MonitorType="DIMENSIONAL",
        MonitorDimension="SERVICE",
        Condition="MakesMonitor",
    )
    stack.add(monitor)
    _subscribe(stack, "AnomalySubscription", Ref(monitor), topic, "MakesMonitor")
    _subscribe(stack, "KnownMonitorSubscription", known, topic, "HasMonitor")


def _subscribe(stack: Stack, title: str, monitor: Value, topic: Topic, condition: str) -> None:
    threshold = {
        "Dimensions": {
            "Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
            "MatchOptions": ["GREATER_THAN_OR_EQUAL"],
            "Values": [str(_LEAST_ANOMALY_USD)],
        }
    }
    stack.add(
        AnomalySubscription(
            title,
            SubscriptionName=names.stack_name(stack.config, "anomalies"),
            # Topics are told at once; only mail can wait for a day or a week.
            Frequency="IMMEDIATE",
            MonitorArnList=[monitor],
            Subscribers=[AnomalySubscriber(Type="SNS", Address=Ref(topic))],
            ThresholdExpression=json.dumps(threshold),
            Condition=condition,
            DependsOn="TopicPolicy",
        )
    )
