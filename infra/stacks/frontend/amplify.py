"""A single-page application that Amplify builds and serves.

The repository is connected in the console: that gives Amplify its own right to read it, and no token has to lie here.
"""

from __future__ import annotations

import json
from typing import Final

from troposphere import GetAtt
from troposphere.amplify import App, Branch, CustomRule, Domain, SubDomainSetting

from infra import names
from infra.stack import Stack
from infra.stacks.frontend import headers

_BRANCH: Final = "main"
_FOLDER: Final = "dist"
# Amplify reads YAML, which JSON is.
_BUILD: Final = {
    "version": 1,
    "frontend": {
        "phases": {"preBuild": {"commands": ["npm ci"]}, "build": {"commands": ["npm run build"]}},
        "artifacts": {"baseDirectory": _FOLDER, "files": ["**/*"]},
        "cache": {"paths": ["node_modules/**/*"]},
    },
}
# Every path that is no file is one of the application's own addresses.
_NO_FILE: Final = "</^[^.]+$|\\.(?!(css|gif|ico|jpg|js|json|map|png|svg|txt|webp|woff|woff2)$)([^.]+$)/>"


def add(stack: Stack) -> None:
    """The application, its branch and its domain."""
    app = _app(stack)
    branch = Branch(
        "Branch",
        AppId=GetAtt(app, "AppId"),
        BranchName=_BRANCH,
        EnableAutoBuild=True,
        Stage="PRODUCTION" if stack.config.is_prod else "DEVELOPMENT",
    )
    stack.add(branch)
    stack.add(_domain(stack, app, branch))
    stack.publish("amplify-app-id", GetAtt(app, "AppId"), "The application in Amplify")
    stack.publish("site-url", f"https://{stack.config.site}", "The address of the site")


def _app(stack: Stack) -> App:
    site = stack.config.site
    app = App(
        "App",
        Name=names.stack_name(stack.config, "site"),
        Platform="WEB",
        BuildSpec=json.dumps(_BUILD, sort_keys=True),
        CustomHeaders=headers.filled(json.dumps(_headers(stack), sort_keys=True)),
        CustomRules=[
            CustomRule(Source=f"https://www.{site}", Target=f"https://{site}", Status="301"),
            CustomRule(Source=_NO_FILE, Target="/index.html", Status="200"),
        ],
    )
    stack.add(app)
    return app


def _headers(stack: Stack) -> dict[str, object]:
    given = [{"key": name, "value": value} for name, value in headers.security(stack.config).items()]
    return {"customHeaders": [{"pattern": "**/*", "headers": given}]}


def _domain(stack: Stack, app: App, branch: Branch) -> Domain:
    return Domain(
        "Domain",
        AppId=GetAtt(app, "AppId"),
        DomainName=stack.config.site,
        SubDomainSettings=[
            SubDomainSetting(Prefix=prefix, BranchName=GetAtt(branch, "BranchName")) for prefix in ("", "www")
        ],
    )
