"""Headers for browsers' safety, the same that the application sends with its own answers."""

from __future__ import annotations

from typing import Final

from troposphere.cloudfront import (
    ContentSecurityPolicy,
    ContentTypeOptions,
    CustomHeader,
    CustomHeadersConfig,
    FrameOptions,
    ReferrerPolicy,
    ResponseHeadersPolicy,
    ResponseHeadersPolicyConfig,
    SecurityHeadersConfig,
    StrictTransportSecurity,
)

from infra import names
from infra.config import Config
from infra.stack import Stack

# A year, as in the application's settings.
HSTS_SECONDS: Final = 31_536_000
_HSTS: Final = "Strict-Transport-Security"
_CSP: Final = "Content-Security-Policy"
# Posters and the like, and the logo that TMDB wants to see beside them.
_IMAGES: Final = "'self' data: https://image.tmdb.org https://www.themoviedb.org/assets/2/v4/logos/"
_DIRECTIVES: Final = {
    "default-src": "'self'",
    "img-src": _IMAGES,
    "style-src": "'self' 'unsafe-inline'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def security(config: Config) -> dict[str, str]:
    """The headers by name."""
    return {
        _HSTS: f"max-age={HSTS_SECONDS}",
        _CSP: "; ".join(f"{name} {sources}" for name, sources in _directives(config).items()),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


def add_policy(stack: Stack) -> ResponseHeadersPolicy:
    """The headers as CloudFront adds them, to answers that do not have them yet."""
    given = security(stack.config)
    policy = ResponseHeadersPolicy(
        "SecurityHeaders",
        ResponseHeadersPolicyConfig=ResponseHeadersPolicyConfig(
            Name=names.stack_name(stack.config, "security-headers"),
            SecurityHeadersConfig=SecurityHeadersConfig(
                ContentSecurityPolicy=ContentSecurityPolicy(ContentSecurityPolicy=given[_CSP], Override=False),
                ContentTypeOptions=ContentTypeOptions(Override=False),
                FrameOptions=FrameOptions(FrameOption=given["X-Frame-Options"], Override=False),
                ReferrerPolicy=ReferrerPolicy(ReferrerPolicy=given["Referrer-Policy"], Override=False),
                StrictTransportSecurity=StrictTransportSecurity(
                    AccessControlMaxAgeSec=HSTS_SECONDS, IncludeSubdomains=False, Preload=False, Override=False
                ),
            ),
            CustomHeadersConfig=CustomHeadersConfig(
                Items=[CustomHeader(Header=name, Value=given[name], Override=False) for name in _NOT_BUILT_IN]
            ),
        ),
    )
    stack.add(policy)
    return policy


# CloudFront has no property of its own for these.
_NOT_BUILT_IN: Final = ("Cross-Origin-Opener-Policy",)


def _directives(config: Config) -> dict[str, str]:
    """A single-page application also talks to the API and to Cognito, which have addresses of their own."""
    if config.hosting == "django":
        return _DIRECTIVES
    api = f"https://{config.api_host}" if config.site else f"https://*.execute-api.{config.region}.amazonaws.com"
    return {**_DIRECTIVES, "connect-src": f"'self' {api} https://cognito-idp.{config.region}.amazonaws.com"}
