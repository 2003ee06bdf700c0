"""How much the gateway lets through, and how long it waits."""

from __future__ import annotations

from typing import Final

# All callers together; the application counts each for itself. A million requests a month are 0.4 a second on average:
# there is room for a rush, and an end to what a flood can cost.
REQUESTS_A_SECOND: Final = 100
BURST: Final = 200
# Of the usage plan, for each key; no method asks for one yet.
PLAN_REQUESTS_A_SECOND: Final = 20
PLAN_BURST: Final = 40
PLAN_REQUESTS_A_MONTH: Final = 1_000_000
# The longest that API Gateway waits.
ANSWER_MILLISECONDS: Final = 29_000
