"""What these tests share: a process that counts."""

from __future__ import annotations

from tests.stand_ins.series import series

__all__ = ["series"]
