from __future__ import annotations

from infra.release import zappa_cli

GREETINGS = "Calling deploy for stage dev..\nOh no! An error occurred! :(\n\n==============\n\n"
FAREWELL = "\n==============\n\nNeed help? Found a bug? Let us know! :D\nFile bug reports on GitHub here: https://x\n"


def test_a_refusal_of_aws_is_told_in_our_words() -> None:
    said = (
        "Traceback (most recent call last):\n"
        "botocore.exceptions.ClientError: An error occurred (ExpiredTokenException) when calling the "
        "GetFunction operation (reached max retries: 4): The security token included in the request is expired\n"
    )
    assert zappa_cli.reason(GREETINGS + said + FAREWELL) == (
        "The credentials for AWS have expired. Sign in (`aws sso login`, or `aws configure`) or set AWS_PROFILE, and "
        "run the same command again."
    )


def test_other_failures_come_without_greetings() -> None:
    said = "Traceback (most recent call last):\nValueError: no\n"
    assert zappa_cli.reason(GREETINGS + said + FAREWELL) == "Traceback (most recent call last):\nValueError: no"
    assert zappa_cli.reason("Error: Failed to import") == "Error: Failed to import"
