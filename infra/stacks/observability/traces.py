"""Which requests X-Ray traces."""

from __future__ import annotations

from typing import Final

from troposphere.xray import SamplingRule, SamplingRuleProperty

from infra.stack import Stack

# X-Ray's own rule takes the first request of every second as well, which is most of them where there are few.
_RATE: Final = 0.05
_PRIORITY: Final = 1000


def add_rule(stack: Stack) -> None:
    """One of twenty requests to the API, whose gateway decides for all that is called afterwards."""
    rule = SamplingRuleProperty(
        RuleName=stack.config.prefix,
        Version=1,
        Priority=_PRIORITY,
        ReservoirSize=0,
        FixedRate=_RATE,
        # Gateways are called by the name of the API and its stage here.
        ServiceName=f"{stack.config.prefix}*",
        ServiceType="*",
        Host="*",
        HTTPMethod="*",
        URLPath="*",
        ResourceARN="*",
    )
    stack.add(SamplingRule("Sampling", SamplingRule=rule))
