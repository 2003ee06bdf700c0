"""The form that corrects one field of a title."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from apps.media.corrections import FIELDS, Field
from apps.ops.catalogue.selectors import Correctable, Subject, correctable
from apps.ops.console.staff import StaffRequest
from movierec.api.errors import BadRequest, NotFound

# More than the longest value of any field.
_LONGEST: Final = 4_000


@dataclass(slots=True)
class CorrectionForm:
    """One field of one title: what stands there, what was typed, and the version of the decisions it was made from.

    `problem` says why nothing was stored; with `overtaken` somebody else was quicker, `now` is what they stored, and
    `version` that of their decision. Without a field it offers those there are.
    """

    subject: Subject
    field: Field | None
    now: Correctable | None
    typed: str
    version: str
    taking_back: bool = False
    problem: str = ""
    overtaken: bool = False

    @classmethod
    def of(cls, request: StaffRequest, subject: Subject) -> CorrectionForm:
        """The form as a request has it. Raises BadRequest, and NotFound where there is nothing to correct."""
        if subject.full is None:
            raise NotFound(f"The catalogue has no row of {subject.id}, so there is nothing to correct.")
        sent = request.POST if request.method == "POST" else request.GET
        field = FIELDS.get(sent.get("field", ""))
        if field is None and (request.method == "POST" or "field" in sent):
            raise BadRequest("field: there is no such field to correct; choose one that the title's page offers.")
        now = correctable(subject, field) if field else None
        if request.method != "POST":
            return cls(subject, field, now, now.stands if now else "", subject.mark.version)
        return cls(
            subject,
            field,
            now,
            sent.get("value", "")[:_LONGEST],
            sent.get("version", "")[:50],
            taking_back=sent.get("deed") == "take-back",
        )

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows it."""
        return 409 if self.overtaken else 400 if self.problem else 200

    @property
    def choices(self) -> list[Field]:
        """The fields to choose from."""
        return list(FIELDS.values())
