"""The application's own metrics: those that its code emits and that alarms and the dashboard read.

CloudWatch charges for each distinct set of a name and dimension values, and ten are free. So there are ten by
environment, and nothing is counted by route: how each route does stands in the access lines of the log, which the
dashboard queries, and so do other figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NAMESPACE: Final = "MovieRec"
ENVIRONMENT: Final = "Environment"
# The command of manage.py that a job is, such as sync_media.
JOB: Final = "Job"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric in the namespace, its unit by CloudWatch's words, and the dimensions it is told by, in one set."""

    name: str
    unit: str
    dimensions: tuple[str, ...] = (ENVIRONMENT,)


# Told by each request, so that its number of samples is the number of requests.
LATENCY: Final = Metric("Latency", "Milliseconds")
DYNAMO_CALLS: Final = Metric("DynamoCalls", "Count")
DYNAMO_THROTTLES: Final = Metric("DynamoThrottles", "Count")
TMDB_CALLS: Final = Metric("TmdbCalls", "Count")
TMDB_FAILURES: Final = Metric("TmdbFailures", "Count")
CACHE_HITS: Final = Metric("CacheHits", "Count")
CACHE_MISSES: Final = Metric("CacheMisses", "Count")
RECOMMENDATION_MILLISECONDS: Final = Metric("RecommendationMilliseconds", "Milliseconds")
# Recommendations answered without the model that should have made them.
RECOMMENDATION_FALLBACKS: Final = Metric("RecommendationFallbacks", "Count")
SIGN_IN_FAILURES: Final = Metric("SignInFailures", "Count")
JOB_SUCCEEDED: Final = Metric("JobSucceeded", "Count", (ENVIRONMENT, JOB))
JOB_FAILED: Final = Metric("JobFailed", "Count", (ENVIRONMENT, JOB))

METRICS: Final = (
    LATENCY,
    DYNAMO_CALLS,
    DYNAMO_THROTTLES,
    TMDB_CALLS,
    TMDB_FAILURES,
    CACHE_HITS,
    CACHE_MISSES,
    RECOMMENDATION_MILLISECONDS,
    RECOMMENDATION_FALLBACKS,
    SIGN_IN_FAILURES,
    JOB_SUCCEEDED,
    JOB_FAILED,
)
