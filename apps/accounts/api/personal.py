"""What is a person's own, over HTTP: the profile, a copy of everything stored, and the end of the account."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import profiles, services
from apps.accounts.api.base import AccountView, FormView, delete_cookie, person, proof, refused
from apps.accounts.serializers import (
    ChangedProfileSerializer,
    ChangeProfileSerializer,
    DeleteAccountSerializer,
    DeletionSerializer,
    StoredProfileSerializer,
)
from movierec import jobs
from movierec.api.described import extend_schema
from movierec.api.views import user_id, valid_body

EXPORT_NAME = "movierec-export.json"


class Profile(AccountView):
    """How the person signed in is called."""

    body_serializer = ChangeProfileSerializer
    replaced_member = "profile"

    @extend_schema(operation_id="getProfile", summary="The profile", responses=StoredProfileSerializer, tags=["auth"])
    def get(self, request: Request) -> Response:
        return Response({"profile": profiles.profile_of(user_id(request)).as_json()})

    @extend_schema(
        operation_id="changeProfile",
        summary="Changes the names of the profile",
        request=ChangeProfileSerializer,
        responses={200: ChangedProfileSerializer, **refused(409, "Another account has this username.")},
        tags=["auth"],
    )
    def put(self, request: Request) -> Response:
        changed = profiles.change(user_id(request), valid_body(ChangeProfileSerializer, request))
        return Response({"message": "Profile saved", "profile": changed.as_json()})


class Export(AccountView):
    """Everything stored about the person signed in."""

    @extend_schema(
        operation_id="exportData",
        summary="Everything stored about the person, as a file",
        responses={(200, "application/json"): OpenApiResponse(OpenApiTypes.OBJECT, "One JSON object.")},
        tags=["auth"],
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        asking = person(request)
        told = f"Everything about person/{asking.user_id}, asked for by themselves."
        return StreamingHttpResponse(
            jobs.exported("own", told, lambda: services.export(person=asking)),
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{EXPORT_NAME}"'},
        )


class DeleteAccount(FormView):
    """Delete the account with everything in it. For 7 days a sign-in can take it back."""

    rate_scope = "auth"
    rate_by_address = True
    hint = "Send password, and with a second factor its code as well."
    body_serializer = DeleteAccountSerializer

    @extend_schema(
        operation_id="deleteAccount",
        summary="Deletes the account after 7 days",
        request=DeleteAccountSerializer,
        responses={200: DeletionSerializer, **refused(403, "The password or the code is wrong, or no code was sent.")},
        tags=["auth"],
    )
    def delete(self, request: Request) -> Response:
        body = valid_body(DeleteAccountSerializer, request)
        due_at = services.request_deletion(person=person(request), proof=proof(body))
        message = f"The account will be deleted on {due_at[:10]}. To keep it, sign in before then with restore: true."
        response = Response({"message": message, "deletionAt": due_at})
        delete_cookie(request, response)
        return response
