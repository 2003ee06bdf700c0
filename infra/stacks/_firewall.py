"""The firewall: rules that AWS keeps, and a limit for each address."""

from __future__ import annotations

from typing import Final

from troposphere import GetAtt
from troposphere.wafv2 import (
    ActionCondition,
    AllowAction,
    BlockAction,
    Condition,
    CountAction,
    DefaultAction,
    Filter,
    LoggingConfiguration,
    LoggingConfigurationFieldToMatch,
    LoggingFilter,
    ManagedRuleGroupStatement,
    OverrideAction,
    RateBasedStatement,
    RuleAction,
    RuleActionOverride,
    SingleHeader,
    Statement,
    VisibilityConfig,
    WebACL,
    WebACLRule,
)

from infra import names
from infra.stack import Stack, Value
from infra.stacks._logs import add_log_group

# AWS's groups of rules, each with those of its rules that only count.
_MANAGED: Final[dict[str, tuple[str, ...]]] = {
    "AWSManagedRulesAmazonIpReputationList": (),
    # It would stop every body above 8 KB; the service takes up to 256 KB and measures for itself.
    "AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",),
    "AWSManagedRulesKnownBadInputsRuleSet": (),
}
_RATE: Final = 2000
_RATE_SECONDS: Final = 300
# Headers with which one could sign in as somebody else.
_SECRET_HEADERS: Final = ("authorization", "cookie", "x-origin-key")


def add_firewall(stack: Stack, scope: str, key: Value | None) -> None:
    """A web ACL for REGIONAL or CLOUDFRONT, and a log of the requests that it stopped or counted."""
    name = names.stack_name(stack.config, "firewall")
    rules = [_limit(), *(_managed(number, group) for number, group in enumerate(_MANAGED, start=1))]
    acl = WebACL(
        "Firewall",
        Name=name,
        Description="Stops known attacks, and addresses that ask too often",
        Scope=scope,
        DefaultAction=DefaultAction(Allow=AllowAction()),
        Rules=rules,
        VisibilityConfig=_visible("Firewall"),
    )
    stack.add(acl)
    _log(stack, acl, key)
    stack.publish("web-acl-arn", GetAtt(acl, "Arn"), "The firewall's web ACL")


def _limit() -> WebACLRule:
    statement = RateBasedStatement(AggregateKeyType="IP", Limit=_RATE, EvaluationWindowSec=_RATE_SECONDS)
    return WebACLRule(
        Name="AddressLimit",
        Priority=0,
        Action=RuleAction(Block=BlockAction()),
        Statement=Statement(RateBasedStatement=statement),
        VisibilityConfig=_visible("AddressLimit"),
    )


def _managed(priority: int, group: str) -> WebACLRule:
    statement = ManagedRuleGroupStatement(VendorName="AWS", Name=group)
    if _MANAGED[group]:
        statement.RuleActionOverrides = [
            RuleActionOverride(Name=rule, ActionToUse=RuleAction(Count=CountAction())) for rule in _MANAGED[group]
        ]
    override = OverrideAction()
    # Its name is a word of Python's.
    setattr(override, "None", {})
    return WebACLRule(
        Name=group,
        Priority=priority,
        OverrideAction=override,
        Statement=Statement(ManagedRuleGroupStatement=statement),
        VisibilityConfig=_visible(group),
    )


def _visible(metric: str) -> VisibilityConfig:
    return VisibilityConfig(MetricName=metric, CloudWatchMetricsEnabled=True, SampledRequestsEnabled=True)


def _log(stack: Stack, acl: WebACL, key: Value | None) -> None:
    # The firewall writes only to groups with this beginning.
    name = f"aws-waf-logs-{stack.config.prefix}"
    group = add_log_group(stack, "FirewallLog", name, key)
    stack.add(
        LoggingConfiguration(
            "FirewallLogging",
            ResourceArn=GetAtt(acl, "Arn"),
            # GetAtt's ARN ends in :*, which the firewall refuses.
            LogDestinationConfigs=[names.arn("logs", f"log-group:{name}")],
            LoggingFilter=_only_refused(),
            RedactedFields=[
                LoggingConfigurationFieldToMatch(SingleHeader=SingleHeader(Name=header)) for header in _SECRET_HEADERS
            ],
            DependsOn=group.title,
        )
    )


def _only_refused() -> LoggingFilter:
    kept = [Condition(ActionCondition=ActionCondition(Action=action)) for action in ("BLOCK", "COUNT")]
    return LoggingFilter(
        DefaultBehavior="DROP", Filters=[Filter(Behavior="KEEP", Requirement="MEETS_ANY", Conditions=kept)]
    )
