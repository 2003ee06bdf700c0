"""The answer of a check."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from infra.deployment.aws import Aws
from infra.deployment.waiting import Clock


class Verdict(StrEnum):
    """How a thing was found."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"
    UNSEEN = "not looked at"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: one plain sentence, and the remedy where something is to be done."""

    check: str
    verdict: Verdict
    sentence: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.verdict:13}  {self.check}: {self.sentence}" + (f" {self.remedy}" if self.remedy else "")


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at: an environment, through its door to AWS."""

    aws: Aws
    clock: Clock


Check: TypeAlias = Callable[[Patient], Iterable[Finding]]
