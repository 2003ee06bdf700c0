"""Why some rules of the checkers are not followed: each reason once, for all the stacks that have it."""

from __future__ import annotations

from typing import Final

from infra.suppressions import Suppression

# Keys, buckets and logs.
NO_CMK: Final = Suppression(
    (
        "CKV_AWS_26",
        "CKV_AWS_27",
        "CKV_AWS_35",
        "CKV_AWS_119",
        "CKV_AWS_149",
        "CKV_AWS_158",
        "CKV_AWS_166",
        "CT.CLOUDTRAIL.PR.1",
        "CT.CLOUDWATCH.PR.3",
        "CT.S3.PR.10",
    ),
    "No key of ours here, where each costs 1 USD a month: either the switch cmk is off, which is for environments "
    "that hold nobody's data for good; or it is on, and this is outside of the environment's own region: alarms, costs "
    "and access lines, which name nobody (the firewall's have the addresses of those it stopped, and soon go), or the "
    "vault of the copies, which has to open when that region is lost. AWS's own keys seal all of it but topics, to "
    "which no service could publish then; those take messages by TLS alone, and the messages are about machines.",
)
NO_KEY_OF_OURS: Final = Suppression(
    ("CT.S3.PR.10",),
    "S3's keys seal this bucket, because neither S3's delivery of logs nor a reader without credentials can use a "
    "key of KMS.",
)
LOG_DAYS: Final = Suppression(
    ("CT.CLOUDWATCH.PR.2",),
    "Lines of logs are about people, and are kept no longer than looking into a fault takes: log_days of the "
    "environment. The audit trail itself is in its bucket for a year.",
)
NO_LOGS_OF_LOGS: Final = Suppression(
    ("AwsSolutions-S1", "CKV_AWS_18", "CT.S3.PR.2"),
    "The bucket holds logs: logs about their delivery would never end, and would have to be before the bucket that "
    "takes them.",
)
NO_OBJECT_LOCK: Final = Suppression(
    ("CT.S3.PR.9",),
    "People may have their files erased at any time, and old models and logs go by rule; a lock would forbid both. "
    "Versions keep what was replaced or deleted by mistake.",
)
PUBLIC_MEDIA: Final = Suppression(
    ("AwsSolutions-S2", "CKV_AWS_54", "CKV_AWS_56", "CT.S3.PR.1"),
    "The switch media is public, which prod refuses: whoever has a file's address below users/ may read it, and "
    "nothing else. Access lists stay closed.",
)
MAIL: Final = Suppression(
    ("Serverless-SNSRedrivePolicy",),
    "The subscription is a person's mailbox: nobody would look into a queue of mails that came back, and SNS tries "
    "again by itself.",
)

# People, secrets and functions.
STARS: Final = Suppression(
    ("AwsSolutions-IAM5", "Serverless-LambdaStarPermissions"),
    "The star stands for what is inside of one named thing (objects below a bucket's prefix, streams of a log group, "
    "versions of a function, backups of a table, tables that a restore test makes), or for X-Ray, which has nothing "
    "that its two rights could be limited to.",
)
LAST_QUEUE: Final = Suppression(
    ("AwsSolutions-SQS3", "Serverless-SQSRedrivePolicy"),
    "This is the queue for what failed; there is none behind the last one, and an alarm watches it.",
)
TURNED_BY_HAND: Final = Suppression(
    ("AwsSolutions-SMG4",),
    "No function turns it: TMDB gives its key to a person, and CloudFront's word is also in the configuration of the "
    "distribution, where an operator puts the new one by the steps of the runbook.",
)
SECOND_FACTOR_BY_CHOICE: Final = Suppression(
    ("AwsSolutions-COG2",),
    "People who look for films choose for themselves whether they want a second factor: it is offered to all "
    "and forced on nobody.",
)
OWN_LIMITS_ON_GUESSES: Final = Suppression(
    ("AwsSolutions-COG8",),
    "Threat protection is of the plan Plus, 0.02 USD for each user and month; sign-ins that come through the "
    "service are counted by account and by address, and owners of accounts hear by mail of new devices. Who asks "
    "Cognito past the service meets Cognito's own lockout alone: from the fifth wrong password on it makes the account "
    "wait, twice as long each time up to about 15 minutes, which slows guesses and does not end them.",
)
ONE_CALL_A_MONTH: Final = Suppression(
    ("CKV_AWS_115", "CKV_AWS_117", "CT.LAMBDA.PR.3"),
    "The function runs once a month and speaks with Secrets Manager alone, over TLS: a network of its own would cost "
    "7 USD a month for the way there, and a reserved run is refused by accounts that may have ten at once.",
)
TRACING_OFF: Final = Suppression(
    ("CKV_AWS_73", "CT.APIGATEWAY.PR.2", "Serverless-APIGWXrayEnabled", "Serverless-LambdaTracing"),
    "The switch tracing is off here; environments that people depend on turn it on.",
)

# The HTTP interface.
OPEN_METHOD: Final = Suppression(
    ("AwsSolutions-APIG4", "AwsSolutions-COG4", "CKV_AWS_59", "CT.APIGATEWAY.PR.5"),
    "Open by the contract; the application asks for a token itself wherever one is needed.",
)
ASKED_FOR_BY_GATEWAY: Final = Suppression(
    ("AwsSolutions-IAM4",),
    "API Gateway asks for the rights of this policy of AWS, and refuses a role for its logs that has less.",
)
NO_GATEWAY_CACHE: Final = Suppression(
    ("CKV_AWS_120",),
    "A cache of the gateway costs 14 USD a month and more, and most answers are one person's; answers that are for all "
    "say how long browsers may keep them.",
)
NO_FIREWALL: Final = Suppression(
    ("AwsSolutions-APIG3", "AwsSolutions-CFR2", "CKV_AWS_68"),
    "The switch waf is off here: the firewall costs 9 USD a month before its first request. Environments that people "
    "depend on turn it on.",
)

# The site and what watches.
ONE_ORIGIN: Final = Suppression(
    ("CT.CLOUDFRONT.PR.1", "CT.CLOUDFRONT.PR.4"),
    "For each path there is one origin, and a second would have nothing to answer from: the application, which answers "
    "/ itself, runs in the one region where its tables are, and the site's files, also those of a single-page "
    "application with its index.html, are in one bucket, where a deploy can put them again.",
)
NO_BORDERS: Final = Suppression(
    ("AwsSolutions-CFR1",), "The site is for people of every country; no right or duty shuts any of them out."
)
LOGS_WITHOUT_ADDRESSES: Final = Suppression(
    ("AwsSolutions-CFR3", "CKV_AWS_86", "CT.CLOUDFRONT.PR.5"),
    "The distribution's log is delivered by the stack observability-global. The rules know only the older kind, which "
    "writes every visitor's address and needs a bucket with access lists.",
)
NO_DOMAIN: Final = Suppression(
    (
        "AwsSolutions-CFR4",
        "CKV_AWS_174",
        "CT.CLOUDFRONT.PR.6",
        "CT.CLOUDFRONT.PR.7",
        "CT.CLOUDFRONT.PR.9",
    ),
    "Without a domain the site has CloudFront's own name and certificate, for which CloudFront lets nobody choose the "
    "protocol. Environments with people have a domain.",
)
BY_PARAMETER: Final = Suppression(
    ("CT.CLOUDWATCH.PR.3", "CT.SQS.PR.2"),
    "What the rule asks for is there; its ARN comes from another stack by a parameter, and the rule sees only what is "
    "made in the same template.",
)
TELLS_NOBODY: Final = Suppression(
    ("CT.CLOUDWATCH.PR.1",),
    "The alarm tells nobody by itself: a release of CodeDeploy watches it and takes the version back, and people hear "
    "of the same from the alarm on errors.",
)
