"""Sight of the calls to DynamoDB, as the apps' tests have it."""

from __future__ import annotations

from tests.apps.conftest import operations

__all__ = ["operations"]
