"""The figures that requests and jobs count, by their names in the log and in CloudWatch.

CloudWatch charges for each distinct set of a name and dimension values, so that no metric is told by route: the lines
of the log have the route, and can be queried.
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
    "Requests": "Count",
    "Errors5xx": "Count",
    "Latency": "Milliseconds",
    "DynamoCalls": "Count",
    "DynamoMilliseconds": "Milliseconds",
    "DynamoThrottles": "Count",
    "TmdbCalls": "Count",
    "TmdbFailures": "Count",
    "TmdbMilliseconds": "Milliseconds",
    "CacheHits": "Count",
    "CacheMisses": "Count",
    "RecommendationMilliseconds": "Milliseconds",
    "RecommendationFallbacks": "Count",
    "SignIns": "Count",
    "SignInFailures": "Count",
    "ModelAgeHours": "None",
}
# Those of the metrics by Environment and Job.
JOB_UNITS: Final[Mapping[str, str]] = {"JobSucceeded": "Count", "JobFailed": "Count"}
