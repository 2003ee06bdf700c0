"""The settings of the tests: the project's, read with an environment of the tests' own.

No embedded AWS, a state folder apart, no real credentials, and limits that only their own tests reach.
"""

import os

os.environ.update(
    MOVIEREC_ENV="local",
    AWS_ENDPOINT_URL="https://dynamodb.eu-north-1.amazonaws.com",
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",
    STATE_DIR=f"build/tests/{os.environ.get('PYTEST_XDIST_WORKER', 'main')}",
    EMAIL_URL="memorymail://",
    RATE_LIMITS="auth=100000,user=100000,recommendations=100000,media=100000",
)

from movierec.settings import *  # noqa: F403

# Requests to DynamoDB are those of what is tested.
TELEMETRY_SERIES = False
# Nothing is to wait but what is tested to.
LEAST_SECONDS = 0.0
