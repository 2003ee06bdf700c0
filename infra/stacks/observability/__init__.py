"""Alarms that tell people, a dashboard that shows why, what is traced, and the log of CloudFront.

Alarms and metrics cost by number. Outside of prod there are only those that say something is broken.
"""

from __future__ import annotations

from troposphere import Ref

from infra.config import GLOBAL_REGION, Config
from infra.stack import Stack
from infra.stacks._keys import key_of
from infra.stacks._topics import add_topic
from infra.stacks.observability import availability, dashboard, distribution, traces, watched
from infra.stacks.observability.alarms import add_alarm


def build(config: Config) -> Stack:
    """The alarms and the dashboard of the region."""
    stack = Stack(config, "observability", config.region, "Alarms and dashboard of MovieRec")
    topic = add_topic(stack, "alarms", "cloudwatch", key=key_of(stack, "security"))
    for watch in watched.watches(stack):
        add_alarm(stack, watch, topic)
    if config.is_prod:
        for watch in availability.watches(stack):
            add_alarm(stack, watch, topic)
    if config.is_on("tracing"):
        traces.add_rule(stack)
    stack.add(dashboard.dashboard(stack))
    stack.publish("topic-arn", Ref(topic), "Where alarms go")
    return stack


def build_global(config: Config) -> Stack:
    """The alarm and the log of CloudFront, both of which are in its region."""
    stack = Stack(config, "observability-global", GLOBAL_REGION, "Alarms and log of the distribution of MovieRec")
    # Another name than in the region of the service, which may be this one.
    topic = add_topic(stack, "site-alarms", "cloudwatch", key=None)
    add_alarm(stack, distribution.watch(stack), topic)
    distribution.add_log(stack)
    stack.publish("topic-arn", Ref(topic), "Where alarms of the distribution go")
    return stack


def is_wanted_globally(config: Config) -> bool:
    """Whether there is a distribution; Amplify has its own, out of our sight."""
    return config.hosting != "amplify"
