"""What the tests of telemetry share: the lines that were logged, and a DynamoDB that can be away."""

from __future__ import annotations

from tests.movierec.api.conftest import move_dynamodb, no_dynamodb
from tests.stand_ins.log_lines import lines

__all__ = ["lines", "move_dynamodb", "no_dynamodb"]
