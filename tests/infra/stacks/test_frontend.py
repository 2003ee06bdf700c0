import json
import shutil
import subprocess
from typing import Any

import pytest
from django.conf import settings

from infra.declared import origin
from infra.environments import load
from infra.graph import PARTS
from infra.stacks.frontend.distribution import edge_source
from infra.stacks.frontend.headers import HSTS_SECONDS, security
from tests.infra.conftest import Template
from tests.infra.reading import of_type, only, published, statements

# Empty where there is no node; its tests are left out then.
NODE = shutil.which("node") or ""
SEVEN = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
THREE = ["GET", "HEAD", "OPTIONS"]
HOSTINGS = [
    {"hosting": "django"},
    {"hosting": "spa"},
    {"hosting": "django", "site": ""},
    {"hosting": "spa", "site": ""},
]


def distribution(made: dict[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = only(made, "AWS::CloudFront::Distribution")["DistributionConfig"]
    return config


def behaviours(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    config = distribution(made)
    return {"*": config["DefaultCacheBehavior"], **{one["PathPattern"]: one for one in config["CacheBehaviors"]}}


def caching(made: dict[str, Any], path: str) -> tuple[int, int, int]:
    policy = made["Resources"][behaviours(made)[path]["CachePolicyId"]["Ref"]]["Properties"]["CachePolicyConfig"]
    return policy["MinTTL"], policy["DefaultTTL"], policy["MaxTTL"]


@pytest.mark.parametrize("switches", HOSTINGS)
class TestBucket:
    def test_nobody_reads_it_but_this_distribution(self, template: Template, switches: dict[str, str]) -> None:
        made = template("frontend", **switches)
        policy = statements(only(made, "AWS::S3::BucketPolicy")["PolicyDocument"])

        assert only(made, "AWS::S3::Bucket")["PublicAccessBlockConfiguration"] == {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        }
        assert policy["OnlyThisDistribution"] == {
            "Sid": "OnlyThisDistribution",
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": policy["OnlyThisDistribution"]["Resource"],
            "Condition": {
                "StringEquals": {
                    "AWS:SourceArn": {
                        "Fn::Sub": "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}"
                    }
                }
            },
        }
        assert policy["OnlyTls"]["Effect"] == "Deny"
        assert [one["Effect"] for one in policy.values()].count("Allow") == 1

    def test_it_goes_with_its_stack_and_keeps_old_versions(self, template: Template, switches: dict[str, str]) -> None:
        made = template("frontend", **switches)
        (bucket,) = of_type(made, "AWS::S3::Bucket").values()

        assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Delete", "Delete")
        assert bucket["Properties"]["BucketName"] == "movierec-prod-site"
        assert bucket["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
        assert bucket["Properties"]["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}

    def test_the_distribution_signs_what_it_asks(self, template: Template, switches: dict[str, str]) -> None:
        made = template("frontend", **switches)
        access = only(made, "AWS::CloudFront::OriginAccessControl")["OriginAccessControlConfig"]
        files = distribution(made)["Origins"][0]

        assert access == {
            "Name": "movierec-prod-site",
            "OriginAccessControlOriginType": "s3",
            "SigningBehavior": "always",
            "SigningProtocol": "sigv4",
        }
        assert files["OriginAccessControlId"] == {"Fn::GetAtt": ["FilesAccess", "Id"]}
        assert files["S3OriginConfig"] == {"OriginAccessIdentity": ""}


@pytest.mark.parametrize("switches", HOSTINGS)
class TestDistribution:
    def test_every_behaviour(self, template: Template, switches: dict[str, str]) -> None:
        for path, behaviour in behaviours(template("frontend", **switches)).items():
            assert behaviour["ViewerProtocolPolicy"] == "redirect-to-https", path
            assert behaviour["AllowedMethods"] == SEVEN, path
            assert behaviour["CachedMethods"] == THREE, path
            assert behaviour["Compress"] is True, path
            assert behaviour["ResponseHeadersPolicyId"] == {"Ref": "SecurityHeaders"}, path

    def test_video_a_day_and_images_an_hour(self, template: Template, switches: dict[str, str]) -> None:
        made = template("frontend", **switches)

        assert caching(made, "/assets/video/*") == (0, 86_400, 86_400)
        assert caching(made, "/assets/images/*") == (0, 3600, 3600)

    def test_nothing_leads_to_what_people_upload(self, template: Template, switches: dict[str, str]) -> None:
        made = template("frontend", **switches)

        assert "movierec-prod-assets" not in json.dumps(distribution(made))
        assert not any(path.startswith("/users") for path in behaviours(made))

    def test_how_it_speaks(self, template: Template, switches: dict[str, str]) -> None:
        config = distribution(template("frontend", **switches))

        assert (config["HttpVersion"], config["PriceClass"], config["IPV6Enabled"]) == (
            "http2and3",
            "PriceClass_100",
            True,
        )


class TestDomain:
    def test_certificate_and_names(self, template: Template) -> None:
        config = distribution(template("frontend"))

        assert config["Aliases"] == ["movierec.net", "www.movierec.net"]
        assert config["ViewerCertificate"] == {
            "AcmCertificateArn": "{{resolve:ssm:/movierec/prod/dns/site-certificate-arn}}",
            "MinimumProtocolVersion": "TLSv1.2_2021",
            "SslSupportMethod": "sni-only",
        }

    def test_records_of_both_names_for_both_kinds_of_addresses(self, template: Template) -> None:
        made = template("frontend")
        records = [record["Properties"] for record in of_type(made, "AWS::Route53::RecordSet").values()]

        assert {(record["Name"], record["Type"]) for record in records} == {
            ("movierec.net", "A"),
            ("movierec.net", "AAAA"),
            ("www.movierec.net", "A"),
            ("www.movierec.net", "AAAA"),
        }
        assert {json.dumps(record["AliasTarget"], sort_keys=True) for record in records} == {
            '{"DNSName": {"Fn::GetAtt": ["Distribution", "DomainName"]}, "HostedZoneId": "Z2FDTNDATAQYW2"}'
        }
        assert {record["HostedZoneId"]["Ref"] for record in records} == {"HostedZoneId"}
        assert made["Parameters"]["HostedZoneId"]["Type"] == "AWS::Route53::HostedZone::Id"

    def test_without_a_site_cloudfronts_own(self, template: Template) -> None:
        made = template("frontend", site="")
        config = distribution(made)

        assert config["ViewerCertificate"] == {"CloudFrontDefaultCertificate": True}
        assert "Aliases" not in config
        assert of_type(made, "AWS::Route53::RecordSet") == {}
        assert published(made)["/movierec/prod/frontend/site-url"] == {"Fn::Sub": "https://${Distribution.DomainName}"}


class TestFirewall:
    def test_on(self, template: Template) -> None:
        made = template("frontend", waf="on")

        assert distribution(made)["WebACLId"] == {"Ref": "SecurityGlobalWebAclArn"}
        assert made["Parameters"]["SecurityGlobalWebAclArn"]["Default"] == "/movierec/prod/security-global/web-acl-arn"

    def test_off(self, template: Template) -> None:
        assert "WebACLId" not in distribution(template("frontend", waf="off"))


class TestDjango:
    def test_pages_come_from_the_application_uncached(self, template: Template) -> None:
        made = template("frontend")
        pages = behaviours(made)["*"]

        assert pages["TargetOriginId"] == "application"
        # CachingDisabled and AllViewerExceptHostHeader, which AWS keeps under these ids.
        assert pages["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
        assert pages["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"
        assert pages["FunctionAssociations"] == [
            {"EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": ["Edge", "FunctionARN"]}}
        ]
        assert "DefaultRootObject" not in distribution(made)
        assert "CustomErrorResponses" not in distribution(made)

    def test_the_application_is_shown_the_key(self, template: Template) -> None:
        (_, application) = distribution(template("frontend"))["Origins"]

        assert application["OriginCustomHeaders"] == [
            {
                "HeaderName": "X-Origin-Key",
                "HeaderValue": "{{resolve:secretsmanager:movierec/prod/origin:SecretString}}",
            }
        ]
        assert application["CustomOriginConfig"] == {
            "OriginProtocolPolicy": "https-only",
            "OriginReadTimeout": 30,
            "OriginSSLProtocols": ["TLSv1.2"],
        }
        assert application["DomainName"] == {"Fn::Sub": "${SiteApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}"}

    def test_files_with_hashed_names_stay_a_year(self, template: Template) -> None:
        made = template("frontend")

        assert behaviours(made)["/static/*"]["TargetOriginId"] == "files"
        assert caching(made, "/static/*") == (0, 31_536_000, 31_536_000)
        assert f"{settings.STATIC_URL}*" in behaviours(made)

    def test_one_open_route_to_the_alias(self, template: Template) -> None:
        made = template("frontend")

        assert only(made, "AWS::ApiGatewayV2::Api")["ProtocolType"] == "HTTP"
        assert only(made, "AWS::ApiGatewayV2::Route") == {
            "ApiId": {"Ref": "SiteApi"},
            "AuthorizationType": "NONE",
            "RouteKey": "$default",
            "Target": {"Fn::Sub": "integrations/${SiteIntegration}"},
        }
        assert only(made, "AWS::ApiGatewayV2::Integration") == {
            "ApiId": {"Ref": "SiteApi"},
            "CredentialsArn": {"Ref": "ComputeApiInvokeRoleArn"},
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": {
                "Fn::Sub": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:movierec-prod:live"
            },
            "PayloadFormatVersion": "2.0",
            "TimeoutInMillis": 29_000,
        }

    def test_its_stage_is_held_back_and_logged_without_addresses(self, template: Template) -> None:
        made = template("frontend")
        stage = only(made, "AWS::ApiGatewayV2::Stage")

        assert (stage["StageName"], stage["AutoDeploy"]) == ("$default", True)
        assert stage["DefaultRouteSettings"] == {"ThrottlingBurstLimit": 200, "ThrottlingRateLimit": 100.0}
        line = json.loads(stage["AccessLogSettings"]["Format"])
        assert line["requestId"] == "$context.requestId"
        assert not any("identity" in value or "path" in value for value in line.values())
        assert only(made, "AWS::Logs::LogGroup") == {
            "LogGroupName": "/aws/vendedlogs/movierec-prod-site",
            "RetentionInDays": 7,
            "KmsKeyId": {"Ref": "SecurityKeyArn"},
            "Tags": only(made, "AWS::Logs::LogGroup")["Tags"],
        }

    def test_what_it_publishes(self, template: Template) -> None:
        assert published(template("frontend")) == {
            "/movierec/prod/frontend/distribution-id": {"Ref": "Distribution"},
            "/movierec/prod/frontend/distribution-host": {"Fn::GetAtt": ["Distribution", "DomainName"]},
            "/movierec/prod/frontend/site-url": "https://movierec.net",
            "/movierec/prod/frontend/site-bucket-name": {"Ref": "SiteBucket"},
            "/movierec/prod/frontend/site-api-id": {"Ref": "SiteApi"},
            "/movierec/prod/frontend/site-api-host": {
                "Fn::Sub": "${SiteApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}"
            },
        }


class TestSinglePage:
    def test_every_address_is_the_page(self, template: Template) -> None:
        config = distribution(template("frontend", hosting="spa"))

        assert config["DefaultRootObject"] == "index.html"
        assert config["CustomErrorResponses"] == [
            {"ErrorCode": code, "ErrorCachingMinTTL": 10.0, "ResponseCode": 200, "ResponsePagePath": "/index.html"}
            for code in (403, 404)
        ]
        assert config["DefaultCacheBehavior"]["TargetOriginId"] == "files"

    def test_no_application(self, template: Template) -> None:
        made = template("frontend", hosting="spa")

        assert [one["Id"] for one in distribution(made)["Origins"]] == ["files"]
        assert of_type(made, "AWS::ApiGatewayV2::Api") == {}
        assert "resolve:secretsmanager" not in json.dumps(made)
        assert set(published(made)) == {
            f"/movierec/prod/frontend/{name}"
            for name in ("distribution-id", "distribution-host", "site-url", "site-bucket-name")
        }

    @pytest.mark.parametrize(("site", "count"), [("movierec.net", 1), ("", 0)])
    def test_the_function_only_for_www(self, template: Template, site: str, count: int) -> None:
        made = template("frontend", hosting="spa", site=site)

        assert len(of_type(made, "AWS::CloudFront::Function")) == count


class TestAmplify:
    def test_builds_and_serves(self, template: Template) -> None:
        app = only(template("frontend", hosting="amplify"), "AWS::Amplify::App")
        build = json.loads(app["BuildSpec"])["frontend"]

        assert build["phases"]["build"]["commands"] == ["npm run build"]
        assert build["artifacts"]["baseDirectory"] == "dist"
        assert app["CustomRules"][0] == {
            "Source": "https://www.movierec.net",
            "Target": "https://movierec.net",
            "Status": "301",
        }
        assert (app["CustomRules"][1]["Target"], app["CustomRules"][1]["Status"]) == ("/index.html", "200")
        assert "AccessToken" not in app

    def test_branch_and_domain(self, template: Template) -> None:
        made = template("frontend", hosting="amplify")
        domain = only(made, "AWS::Amplify::Domain")

        assert only(made, "AWS::Amplify::Branch")["Stage"] == "PRODUCTION"
        assert domain["DomainName"] == "movierec.net"
        assert [one["Prefix"] for one in domain["SubDomainSettings"]] == ["", "www"]

    def test_no_distribution(self, template: Template) -> None:
        made = template("frontend", hosting="amplify")

        assert of_type(made, "AWS::CloudFront::Distribution") == {}
        assert of_type(made, "AWS::S3::Bucket") == {}
        assert set(published(made)) == {"/movierec/prod/frontend/amplify-app-id", "/movierec/prod/frontend/site-url"}


class TestHeaders:
    def test_as_the_application_sends_them(self) -> None:
        given = security(load("prod"))
        directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]

        assert given["Content-Security-Policy"] == "; ".join(
            f"{name} {' '.join(sources)}" for name, sources in directives.items()
        )
        assert given["X-Frame-Options"] == settings.X_FRAME_OPTIONS
        assert given["Referrer-Policy"] == settings.SECURE_REFERRER_POLICY
        assert given["Cross-Origin-Opener-Policy"] == settings.SECURE_CROSS_ORIGIN_OPENER_POLICY
        assert given["Strict-Transport-Security"] == f"max-age={HSTS_SECONDS}"
        assert HSTS_SECONDS == 365 * 24 * 3600

    def test_the_applications_own_count_first(self, template: Template) -> None:
        policy = only(template("frontend"), "AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"]
        built_in = policy["SecurityHeadersConfig"]

        assert {header["Override"] for header in built_in.values()} == {False}
        assert policy["CustomHeadersConfig"]["Items"] == [
            {"Header": "Cross-Origin-Opener-Policy", "Override": False, "Value": "same-origin"}
        ]
        assert built_in["StrictTransportSecurity"]["AccessControlMaxAgeSec"] == HSTS_SECONDS

    @pytest.mark.parametrize(
        ("site", "api"),
        [("movierec.net", "https://api.movierec.net"), ("", "https://*.execute-api.eu-north-1.amazonaws.com")],
    )
    def test_a_single_page_may_ask_the_api_and_cognito(self, site: str, api: str) -> None:
        policy = security(load("prod", ["hosting=spa", f"site={site}"]))["Content-Security-Policy"]

        assert policy.endswith(
            f"connect-src 'self' {api} https://cognito-idp.eu-north-1.amazonaws.com "
            "https://movierec-prod-${AWS::AccountId}.auth.eu-north-1.amazoncognito.com "
            "https://movierec-prod-assets.s3.eu-north-1.amazonaws.com"
        )

    def test_a_single_page_shows_peoples_files_from_their_bucket(self) -> None:
        files = "https://movierec-prod-assets.s3.eu-north-1.amazonaws.com"
        directives = security(load("prod", ["hosting=spa"]))["Content-Security-Policy"].split("; ")

        assert next(words for words in directives if words.startswith("img-src")).endswith(f" {files}")
        assert f"media-src 'self' {files}" in directives

    def test_nothing_is_known_of_the_domain_of_a_pool_that_was_there_before(self) -> None:
        assert "amazoncognito" not in str(security(load("prod", ["hosting=spa", "auth=import"])))

    def test_cloudformation_fills_in_the_accounts_number(self, template: Template) -> None:
        spa = only(template("frontend", hosting="spa"), "AWS::CloudFront::ResponseHeadersPolicy")
        headers = spa["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
        app = only(template("frontend", hosting="amplify"), "AWS::Amplify::App")

        assert "${AWS::AccountId}" in headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
        assert "${AWS::AccountId}" in app["CustomHeaders"]["Fn::Sub"]


@pytest.mark.skipif(not NODE, reason="CloudFront's function is JavaScript, which node runs")
class TestEdge:
    def run(self, site: str, request: dict[str, Any]) -> dict[str, Any]:
        event = {"viewer": {"ip": "2001:db8::7"}, "request": {"uri": "/", "querystring": {}, "headers": {}, **request}}
        program = f"{edge_source(site)}\nconsole.log(JSON.stringify(handler({json.dumps(event)})));"
        done = subprocess.run([NODE, "-e", program], capture_output=True, text=True, check=True, timeout=20)
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def test_tells_the_host_and_the_address_whatever_the_visitor_said(self) -> None:
        headers = {
            "host": {"value": "MovieRec.net"},
            "x-forwarded-host": {"value": "evil.example"},
            "x-viewer-address": {"value": "192.0.2.1"},
            "accept": {"value": "text/html"},
        }

        assert self.run("movierec.net", {"headers": headers})["headers"] == {
            "host": {"value": "MovieRec.net"},
            "x-forwarded-host": {"value": "movierec.net"},
            "x-viewer-address": {"value": "2001:db8::7"},
            "accept": {"value": "text/html"},
        }

    def test_its_headers_are_those_that_are_declared(self) -> None:
        request = self.run("", {"headers": {"host": {"value": "d1.cloudfront.net"}}})

        assert set(request["headers"]) == {"host", origin.HOST_HEADER.lower(), origin.ADDRESS_HEADER.lower()}

    def test_www_leads_to_the_site_with_all_that_was_asked(self) -> None:
        asked = {
            "headers": {"host": {"value": "www.movierec.net"}},
            "uri": "/media/a%2Fb",
            "querystring": {
                "q": {"value": "a%20b"},
                "genre": {"value": "1", "multiValue": [{"value": "1"}, {"value": "2"}]},
                "all": {"value": ""},
            },
        }

        assert self.run("movierec.net", asked) == {
            "statusCode": 308,
            "statusDescription": "Permanent Redirect",
            "headers": {"location": {"value": "https://movierec.net/media/a%2Fb?q=a%20b&genre=1&genre=2&all"}},
        }

    def test_without_a_site_nothing_is_led_elsewhere(self) -> None:
        assert "statusCode" not in self.run("", {"headers": {"host": {"value": "www."}}})

    def test_fits(self) -> None:
        # CloudFront takes functions of 10 KB.
        assert len(edge_source("movierec.net").encode()) < 10_000


@pytest.mark.parametrize("switches", HOSTINGS)
def test_who_asks_the_sites_bucket_is_written_down(template: Template, switches: dict[str, str]) -> None:
    bucket = template("frontend", **switches)["Resources"]["SiteBucket"]
    assert bucket["Properties"]["LoggingConfiguration"] == {
        "DestinationBucketName": "movierec-prod-access-logs",
        "LogFilePrefix": "movierec-prod-site/",
    }
    assert "The bucket holds logs" not in json.dumps(bucket["Metadata"])
    # Its stack is behind the one that makes that bucket.
    needs = {part.name: part.needs for part in PARTS}
    assert "compute" in needs["frontend"]
    assert "assets" in needs["compute"]
