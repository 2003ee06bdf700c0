"""Where figures come from: metrics of AWS and our own, as alarms and the dashboard both name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from troposphere import Ref

from infra.config import Config
from infra.declared import metrics
from infra.stack import Stack, Value

# API Gateway's metrics have other names and dimensions for REST APIs than for HTTP APIs.
REST_ERRORS: Final = "5XXError"
HTTP_ERRORS: Final = "5xx"


@dataclass(frozen=True, slots=True)
class Source:
    """A metric of CloudWatch, and how its values of a period become one."""

    namespace: str
    metric: str
    dimensions: Mapping[str, Value] = field(default_factory=dict)
    statistic: str = "Sum"


@dataclass(frozen=True, slots=True)
class Door:
    """A way in from outside: its name, its dimensions in AWS/ApiGateway, and what it calls the answers 5xx."""

    name: str
    dimensions: Mapping[str, Value]
    errors: str

    def source(self, metric: str, statistic: str = "Sum") -> Source:
        """One of its metrics."""
        return Source("AWS/ApiGateway", metric, self.dimensions, statistic)


def function(name: str, metric: str, statistic: str = "Sum") -> Source:
    """A metric of a Lambda function, of all its versions together."""
    return Source("AWS/Lambda", metric, {"FunctionName": name}, statistic)


def own(config: Config, metric: metrics.Metric, statistic: str = "Sum", **more: str) -> Source:
    """A metric that the application emits; `more` are its dimensions beside the environment.

    Raises ValueError for other dimensions than are declared, which no figure would ever match.
    """
    dimensions = {metrics.ENVIRONMENT: config.env, **more}
    if tuple(dimensions) != metric.dimensions:
        raise ValueError(f"{metric.name} is told by {metric.dimensions}, not by {tuple(dimensions)}.")
    return Source(metrics.NAMESPACE, metric.name, dimensions, statistic)


def doors(stack: Stack) -> tuple[Door, ...]:
    """The API, and the site's own where the application makes its pages."""
    if stack.config.hosting != "django":
        return (_api(stack),)
    return (_api(stack), _http_door("site", stack.read("frontend", "site-api-id"), "$default"))


def _api(stack: Stack) -> Door:
    stage = stack.read("api", "stage")
    if stack.config.api == "http":
        return _http_door("api", stack.read("api", "id"), stage)
    return Door("api", {"ApiName": stack.config.prefix, "Stage": stage}, REST_ERRORS)


def _http_door(name: str, api: Ref, stage: Value) -> Door:
    return Door(name, {"ApiId": api, "Stage": stage}, HTTP_ERRORS)
