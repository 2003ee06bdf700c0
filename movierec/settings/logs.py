"""Logging: one line an event, for people in local and for machines elsewhere."""

from movierec import env
from movierec.settings.base import LOCAL

_LAMBDA = env.on_lambda()
# One line for each request and each run of a job.
TELEMETRY_LINES = _LAMBDA or not LOCAL
# CloudWatch reads the log of a Lambda function, and makes metrics of these lines.
TELEMETRY_METRICS = _LAMBDA
# What processes count goes to DynamoDB, for the dashboard.
TELEMETRY_SERIES = True
BUDGET_NAME = env.matching("BUDGET_NAME", r"[\w.-]{1,100}", "movierec-prod-monthly")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        "json": {"()": "movierec.telemetry.logs.JsonFormatter"},
    },
    "handlers": {
        "all": {
            "class": "logging.StreamHandler",
            "formatter": "json" if TELEMETRY_LINES else "line",
            # Commands answer on standard output; on Lambda nobody reads that but CloudWatch.
            "stream": "ext://sys.stdout" if _LAMBDA else "ext://sys.stderr",
        }
    },
    "root": {"handlers": ["all"], "level": env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"))},
    "loggers": {
        # The root writes their lines. Django's own handlers would write some twice.
        "django": {"handlers": [], "level": "INFO"},
        # The API answers 4xx with the error itself and logs every 5xx with its cause; Django's second line says less.
        "django.request": {"level": "CRITICAL"},
        # Whatever LOG_LEVEL says, these are the metrics.
        "movierec.telemetry": {"level": "INFO"},
        # Their lines hold what was sent.
        "boto3": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},
        "pynamodb": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
    },
}
LOGGING_CONFIG = "movierec.telemetry.logs.configure" if TELEMETRY_LINES else "logging.config.dictConfig"
