"""The figures that requests and jobs count, by their names in the log and in CloudWatch.

CloudWatch charges for each distinct set of a name and dimension values, and ten are free. So ten figures are metrics by
environment, and none is told by route: the lines of the log have the others and the route, and can be queried.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Name = Literal[
    "Requests",
    "Errors5xx",
    "Latency",
    "DynamoCalls",
    "DynamoMilliseconds",
    "DynamoThrottles",
    "TmdbCalls",
    "TmdbFailures",
    "TmdbMilliseconds",
    "CacheHits",
    "CacheMisses",
    "RecommendationMilliseconds",
    "RecommendationFallbacks",
    "SignIns",
    "SignInFailures",
    "ModelAgeHours",
    "SessionCacheHits",
    "SessionCacheMisses",
    "JobSucceeded",
    "JobFailed",
]

NAMESPACE: Final = "MovieRec"
ENVIRONMENT: Final = "Environment"
JOB: Final = "Job"

# CloudWatch's units of the metrics by Environment. Other figures stand in lines of the log only.
UNITS: Final[Mapping[str, str]] = {
    "Latency": "Milliseconds",
    "DynamoCalls": "Count",
    "DynamoThrottles": "Count",
    "TmdbCalls": "Count",
    "TmdbFailures": "Count",
    "CacheHits": "Count",
    "CacheMisses": "Count",
    "RecommendationMilliseconds": "Milliseconds",
    "RecommendationFallbacks": "Count",
    "SignInFailures": "Count",
}
# Those of the metrics by Environment and Job.
JOB_UNITS: Final[Mapping[str, str]] = {"JobSucceeded": "Count", "JobFailed": "Count"}
