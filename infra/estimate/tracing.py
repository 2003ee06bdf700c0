"""What functions may trace beside the requests that the sampling rule chooses."""

from __future__ import annotations

from typing import Final

from infra.config import Config
from infra.declared import functions
from infra.estimate.assumptions import Assumptions
from infra.estimate.bill import Bill, priced
from infra.estimate.inventory import SAMPLING_OF_AWS
from infra.estimate.prices import Column
from infra.estimate.usage import Amount, Traffic, traces
from infra.release.settings import of_function

_PRICE: Final = "xray-traces"


def past_the_rule(config: Config, traffic: Traffic, bill: Bill) -> float:
    """USD a month, today, if the application's function chooses by itself what to trace behind an HTTP API.

    HTTP APIs have no X-Ray, so that no gateway has chosen before. Of functions that trace actively AWS's guide says
    that their sampling cannot be configured ("Visualize Lambda function invocations using AWS X-Ray").
    """
    if not of_function(config, functions.app(config), {}, {})["xray_tracing"]:
        return 0
    model = Assumptions()
    site = traffic.requests * model.site_share if config.hosting == "django" else 0
    chosen = traffic.requests if config.api == "http" else site
    (by_rule,) = [line.quantity for line in bill.lines if line.price == _PRICE] or [0.0]
    both = by_rule + traces(chosen, SAMPLING_OF_AWS, model)
    return _cost(config, both) - _cost(config, by_rule)


def _cost(config: Config, quantity: float) -> float:
    return priced([Amount(_PRICE, quantity, config.region)]).total[Column.TODAY] if quantity else 0
