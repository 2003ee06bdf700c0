"""Headers for browsers' safety, the same that the application sends with its own answers."""

from __future__ import annotations

from typing import Final

from troposphere import Sub
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
from infra.stack import Stack, Value

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
    """The headers by name, in which `${AWS::AccountId}` may stand; `filled` makes a value of them."""
    return {
        _HSTS: f"max-age={HSTS_SECONDS}",
        _CSP: "; ".join(f"{name} {sources}" for name, sources in _directives(config).items()),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


def filled(text: str) -> Value:
    """A text in which CloudFormation puts the account's number where it is asked for."""
    return Sub(text) if "${" in text else text


def add_policy(stack: Stack) -> ResponseHeadersPolicy:
    """The headers as CloudFront adds them, to answers that do not have them yet."""
    given = security(stack.config)
    policy = ResponseHeadersPolicy(
        "SecurityHeaders",
        ResponseHeadersPolicyConfig=ResponseHeadersPolicyConfig(
            Name=names.stack_name(stack.config, "security-headers"),
            SecurityHeadersConfig=SecurityHeadersConfig(
                ContentSecurityPolicy=ContentSecurityPolicy(ContentSecurityPolicy=filled(given[_CSP]), Override=False),
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
    """A single-page application also talks to the API, to Cognito and to the bucket of people's files by itself."""
    if config.hosting == "django":
        return _DIRECTIVES
    api = f"https://{config.api_host}" if config.site else f"https://*.execute-api.{config.region}.amazonaws.com"
    files = f"https://{names.bucket(config, 'assets')}.s3.{config.region}.amazonaws.com"
    asked = ("'self'", api, f"https://cognito-idp.{config.region}.amazonaws.com", *_sign_in_pages(config), files)
    return {
        **_DIRECTIVES,
        "img-src": f"{_IMAGES} {files}",
        "media-src": f"'self' {files}",
        "connect-src": " ".join(asked),
    }


def _sign_in_pages(config: Config) -> tuple[str, ...]:
    """The domain of the pool, where a code becomes tokens; of a pool that was there before, nothing is known."""
    if config.auth == "import":
        return ()
    return (f"https://{config.prefix}-${{AWS::AccountId}}.auth.{config.region}.amazoncognito.com",)
