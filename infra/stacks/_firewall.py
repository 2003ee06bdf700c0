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
    CustomHTTPHeader,
    CustomResponse,
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
    # They would stop bodies above 8 KB, where the service takes up to 256 KB and measures for itself; long searches;
    # and programs that do not say what they are, which nobody asks of them.
    "AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY", "SizeRestrictions_QUERYSTRING", "NoUserAgent_HEADER"),
    "AWSManagedRulesKnownBadInputsRuleSet": (),
}
# The firewall of each scope: what its name ends with, and how many requests one address may send in the time below.
# The service itself allows a person 1,000 in that time, and an office or a provider's network is one address of many
# people; a page is several requests to CloudFront. Where both are in one region, they need two names.
_FIREWALLS: Final = {"REGIONAL": ("firewall", 10_000), "CLOUDFRONT": ("site-firewall", 20_000)}
_RATE_SECONDS: Final = 300
# Headers with which one could sign in as somebody else.
_SECRET_HEADERS: Final = ("authorization", "cookie", "x-origin-key")


def add_firewall(stack: Stack, scope: str, key: Value | None) -> None:
    """A web ACL for REGIONAL or CLOUDFRONT, and a log of the requests that it stopped or counted."""
    name, rate = _FIREWALLS[scope]
    rules = [_limit(rate), *(_managed(number, group) for number, group in enumerate(_MANAGED, start=1))]
    acl = WebACL(
        "Firewall",
        Name=names.stack_name(stack.config, name),
        Description="Stops known attacks, and addresses that ask too often",
        Scope=scope,
        DefaultAction=DefaultAction(Allow=AllowAction()),
        Rules=rules,
        VisibilityConfig=_visible("Firewall"),
    )
    stack.add(acl)
    _log(stack, acl, name, key)
    stack.publish("web-acl-arn", GetAtt(acl, "Arn"), "The firewall's web ACL")


def _limit(rate: int) -> WebACLRule:
    statement = RateBasedStatement(AggregateKeyType="IP", Limit=rate, EvaluationWindowSec=_RATE_SECONDS)
    later = CustomHTTPHeader(Name="Retry-After", Value=str(_RATE_SECONDS))
    # Not the 403 of an attack: who waits may come back.
    refusal = BlockAction(CustomResponse=CustomResponse(ResponseCode=429, ResponseHeaders=[later]))
    return WebACLRule(
        Name="AddressLimit",
        Priority=0,
        Action=RuleAction(Block=refusal),
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


def _log(stack: Stack, acl: WebACL, name: str, key: Value | None) -> None:
    # The firewall writes only to groups with this beginning.
    place = f"aws-waf-logs-{names.stack_name(stack.config, name)}"
    group = add_log_group(stack, "FirewallLog", place, key)
    stack.add(
        LoggingConfiguration(
            "FirewallLogging",
            ResourceArn=GetAtt(acl, "Arn"),
            # GetAtt's ARN ends in :*, which the firewall refuses.
            LogDestinationConfigs=[names.arn("logs", f"log-group:{place}")],
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
