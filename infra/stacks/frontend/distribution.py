"""CloudFront with the site's bucket behind it, and the application where `hosting` is django."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from troposphere import GetAtt, Ref, Sub
from troposphere.cloudfront import (
    CacheBehavior,
    CustomErrorResponse,
    CustomOriginConfig,
    DefaultCacheBehavior,
    Distribution,
    DistributionConfig,
    Function,
    FunctionAssociation,
    FunctionConfig,
    Origin,
    OriginAccessControl,
    OriginAccessControlConfig,
    OriginCustomHeader,
    S3OriginConfig,
    ViewerCertificate,
)
from troposphere.s3 import Bucket

from infra import names
from infra.declared import origin, secrets
from infra.stack import Stack, Value
from infra.stacks import _buckets, _keys, _reasons, _records
from infra.stacks.frontend import caching, headers, site_api

_EDGE: Final = Path(__file__).with_name("edge.js")
# What each origin allows is decided there: the bucket's policy gives CloudFront no more than reading.
_METHODS: Final = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
_CACHED_METHODS: Final = ["GET", "HEAD", "OPTIONS"]
_FILES: Final = "files"
_APPLICATION: Final = "application"
# The zone of all distributions, the same everywhere.
_CLOUDFRONT_ZONE: Final = "Z2FDTNDATAQYW2"
# How long an edge remembers that a file is not there.
_MISSING_SECONDS: Final = 10


def add(stack: Stack) -> None:
    """The bucket, the distribution before it, the application's door, and the records of the site's names."""
    bucket = _add_bucket(stack)
    origins = [_files(stack, bucket)]
    if _is_application(stack):
        origins.append(_application(stack))
    distribution = Distribution("Distribution", DistributionConfig=_config(stack, origins))
    stack.add(distribution)
    _suppress(stack, distribution)
    _add_policy(stack, bucket, distribution)
    if stack.config.site:
        _add_records(stack, distribution)
    _publish(stack, bucket, distribution)


def _is_application(stack: Stack) -> bool:
    return stack.config.hosting == "django"


def _add_bucket(stack: Stack) -> Bucket:
    bucket = _buckets.add_bucket(
        stack,
        "site",
        key=_keys.key_of(stack, "security"),
        rules=[_buckets.old_versions_expire(30)],
        LoggingConfiguration=_buckets.logged(stack.config, "site"),
    )
    # All in it comes from a deploy and can come again.
    bucket.DeletionPolicy = bucket.UpdateReplacePolicy = "Delete"
    return bucket


def _add_policy(stack: Stack, bucket: Bucket, distribution: Distribution) -> None:
    address = names.arn("cloudfront", "distribution/${Distribution}", region=False)
    statement = {
        "Sid": "OnlyThisDistribution",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": _buckets.everything_in(bucket),
        "Condition": {"StringEquals": {"AWS:SourceArn": address}},
    }
    _buckets.add_policy(stack, bucket, statement)


def _files(stack: Stack, bucket: Bucket) -> Origin:
    access = OriginAccessControl(
        "FilesAccess",
        OriginAccessControlConfig=OriginAccessControlConfig(
            Name=names.stack_name(stack.config, "site"),
            OriginAccessControlOriginType="s3",
            SigningBehavior="always",
            SigningProtocol="sigv4",
        ),
    )
    stack.add(access)
    return Origin(
        Id=_FILES,
        DomainName=GetAtt(bucket, "RegionalDomainName"),
        OriginAccessControlId=GetAtt(access, "Id"),
        # The older way in, which must be given and be empty.
        S3OriginConfig=S3OriginConfig(OriginAccessIdentity=""),
    )


def _application(stack: Stack) -> Origin:
    key = f"{{{{resolve:secretsmanager:{names.secret(stack.config, secrets.ORIGIN)}:SecretString}}}}"
    return Origin(
        Id=_APPLICATION,
        DomainName=site_api.add(stack),
        CustomOriginConfig=CustomOriginConfig(
            OriginProtocolPolicy="https-only", OriginSSLProtocols=["TLSv1.2"], OriginReadTimeout=30
        ),
        OriginCustomHeaders=[OriginCustomHeader(HeaderName=origin.KEY_HEADER, HeaderValue=key)],
    )


def _config(stack: Stack, origins: list[Origin]) -> DistributionConfig:
    safety = Ref(headers.add_policy(stack))
    kinds = [caching.VIDEO, caching.IMAGES]
    return DistributionConfig(
        Comment=f"The site of {stack.config.prefix}",
        Enabled=True,
        HttpVersion="http2and3",
        IPV6Enabled=True,
        PriceClass="PriceClass_100",
        Origins=origins,
        DefaultCacheBehavior=DefaultCacheBehavior(**_default(stack), **_common(safety)),
        CacheBehaviors=[
            CacheBehavior(
                PathPattern=kind.path,
                TargetOriginId=_FILES,
                CachePolicyId=caching.add_policy(stack, kind),
                **_common(safety),
            )
            for kind in ([caching.STATIC, *kinds] if _is_application(stack) else kinds)
        ],
        ViewerCertificate=_certificate(stack),
        **_names(stack),
        **({} if _is_application(stack) else _single_page()),
        **_firewall(stack),
    )


def _firewall(stack: Stack) -> dict[str, Any]:
    return {"WebACLId": stack.read("security-global", "web-acl-arn")} if stack.config.is_on("waf") else {}


def _suppress(stack: Stack, distribution: Distribution) -> None:
    stack.suppress(distribution, _reasons.ONE_ORIGIN)
    stack.suppress(distribution, _reasons.NO_BORDERS)
    stack.suppress(distribution, _reasons.LOGS_WITHOUT_ADDRESSES)
    if not stack.config.site:
        stack.suppress(distribution, _reasons.NO_DOMAIN)
    if not stack.config.is_on("waf"):
        stack.suppress(distribution, _reasons.NO_FIREWALL)


def _common(safety: Value) -> dict[str, Any]:
    return {
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": _METHODS,
        "CachedMethods": _CACHED_METHODS,
        "Compress": True,
        "ResponseHeadersPolicyId": safety,
    }


def _default(stack: Stack) -> dict[str, Any]:
    """Where everything goes that no path says otherwise about."""
    if _is_application(stack):
        return {
            "TargetOriginId": _APPLICATION,
            "CachePolicyId": caching.NEVER,
            "OriginRequestPolicyId": caching.ALL_BUT_HOST,
            "FunctionAssociations": [_edge(stack)],
        }
    # Files want nothing of the function but that www leads to the site.
    edge = {"FunctionAssociations": [_edge(stack)]} if stack.config.site else {}
    return {"TargetOriginId": _FILES, "CachePolicyId": caching.AS_FILES_SAY, **edge}


def edge_source(site: str) -> str:
    """The function that CloudFront runs before each request; `site` is the domain or empty."""
    return f"const SITE = '{site}';\n{_EDGE.read_text(encoding='utf-8')}"


def _edge(stack: Stack) -> FunctionAssociation:
    function = Function(
        "Edge",
        Name=names.stack_name(stack.config, "edge"),
        AutoPublish=True,
        FunctionCode=edge_source(stack.config.site),
        FunctionConfig=FunctionConfig(
            Comment="The visitor's host and address for the application; www leads to the site",
            Runtime="cloudfront-js-2.0",
        ),
    )
    stack.add(function)
    return FunctionAssociation(EventType="viewer-request", FunctionARN=GetAtt(function, "FunctionARN"))


def _single_page() -> dict[str, Any]:
    """Every address is one of the application's pages; a bucket says 403 for what is missing."""
    return {
        "DefaultRootObject": "index.html",
        "CustomErrorResponses": [
            CustomErrorResponse(
                ErrorCode=code, ResponseCode=200, ResponsePagePath="/index.html", ErrorCachingMinTTL=_MISSING_SECONDS
            )
            for code in (403, 404)
        ],
    }


def _site_names(stack: Stack) -> list[str]:
    return [stack.config.site, f"www.{stack.config.site}"]


def _names(stack: Stack) -> dict[str, Any]:
    return {"Aliases": _site_names(stack)} if stack.config.site else {}


def _certificate(stack: Stack) -> ViewerCertificate:
    if not stack.config.site:
        return ViewerCertificate(CloudFrontDefaultCertificate=True)
    return ViewerCertificate(
        AcmCertificateArn=stack.reference("dns", "site-certificate-arn"),
        MinimumProtocolVersion="TLSv1.2_2021",
        SslSupportMethod="sni-only",
    )


def _add_records(stack: Stack, distribution: Distribution) -> None:
    zone = _records.zone(stack)
    host = GetAtt(distribution, "DomainName")
    for label, name in zip(("Apex", "Www"), _site_names(stack), strict=True):
        _records.add_aliases(stack, label, name, zone, _records.Target(host, _CLOUDFRONT_ZONE))


def _publish(stack: Stack, bucket: Bucket, distribution: Distribution) -> None:
    host = GetAtt(distribution, "DomainName")
    address = f"https://{stack.config.site}" if stack.config.site else Sub("https://${Distribution.DomainName}")
    stack.publish("distribution-id", Ref(distribution), "The distribution of the site")
    stack.publish("distribution-host", host, "The distribution's own host")
    stack.publish("site-url", address, "The address of the site")
    stack.publish("site-bucket-name", Ref(bucket), "The bucket of the site's files")
