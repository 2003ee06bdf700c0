"""How long CloudFront's edges keep what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from troposphere import Ref
from troposphere.cloudfront import (
    CacheCookiesConfig,
    CacheHeadersConfig,
    CachePolicy,
    CachePolicyConfig,
    CacheQueryStringsConfig,
    ParametersInCacheKeyAndForwardedToOrigin,
)

from infra import names
from infra.stack import Stack

# Policies that AWS keeps in every account, by their fixed ids.
NEVER: Final = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
AS_FILES_SAY: Final = "658327ea-f89d-4fab-a63d-7e88639e58f6"
ALL_BUT_HOST: Final = "b689b0a8-53d0-40ab-baf2-68738e2966ac"


@dataclass(frozen=True, slots=True)
class Kind:
    """Files below a path of the site's bucket, and for how many seconds edges keep them."""

    name: str
    path: str
    seconds: int


# The names of the application's files change with their content.
STATIC: Final = Kind("static", "/static/*", 365 * 24 * 3600)
# Of the site itself. What people upload is theirs alone: they get it from its bucket by an address signed for them.
VIDEO: Final = Kind("video", "/assets/video/*", 24 * 3600)
IMAGES: Final = Kind("images", "/assets/images/*", 3600)


def add_policy(stack: Stack, kind: Kind) -> Ref:
    """A policy for one kind of files, by their paths alone; answers its id."""
    policy = CachePolicy(
        f"{kind.name.capitalize()}Caching",
        CachePolicyConfig=CachePolicyConfig(
            Name=names.stack_name(stack.config, kind.name),
            MinTTL=0,
            DefaultTTL=kind.seconds,
            MaxTTL=kind.seconds,
            ParametersInCacheKeyAndForwardedToOrigin=ParametersInCacheKeyAndForwardedToOrigin(
                CookiesConfig=CacheCookiesConfig(CookieBehavior="none"),
                HeadersConfig=CacheHeadersConfig(HeaderBehavior="none"),
                QueryStringsConfig=CacheQueryStringsConfig(QueryStringBehavior="none"),
                EnableAcceptEncodingBrotli=True,
                EnableAcceptEncodingGzip=True,
            ),
        ),
    )
    stack.add(policy)
    return Ref(policy)
