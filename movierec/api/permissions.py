"""Who may: everyone, or those signed in."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request

from movierec.api.authentication import Principal
from movierec.api.errors import Unauthorized

__all__ = ["AllowAny", "SignedIn"]


class SignedIn(BasePermission):
    """Only people with a good access token; others get the contract's 401."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """True for a known person; raises Unauthorized otherwise."""
        if not isinstance(request.user, Principal):
            raise Unauthorized("Authorization header required")
        return True
