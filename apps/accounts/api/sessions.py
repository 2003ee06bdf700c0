"""Where a person is signed in, over HTTP."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts import selectors, serializers, services
from apps.accounts.api.base import AccountView, delete_cookie, person, refused
from apps.accounts.sessions import ListedSession
from movierec.api.described import extend_schema
from movierec.api.errors import FieldErrors, NotFound

MAX_ID_LENGTH = 128


class Sessions(AccountView):
    """Where the person is signed in."""

    served_read_only = ("DELETE",)

    @extend_schema(
        operation_id="listSessions",
        summary="Where the person is signed in, the newest first",
        tags=["auth"],
        responses=serializers.SessionsSerializer,
    )
    def get(self, request: Request) -> Response:
        asking = person(request)
        found = selectors.open_sessions(asking.user_id)
        return Response({"sessions": [_shown(session, asking.session_id) for session in found]})

    @extend_schema(
        operation_id="endOtherSessions",
        summary="Ends every session but this one",
        tags=["auth"],
        request=None,
        responses={200: serializers.MessageSerializer},
    )
    def delete(self, request: Request) -> Response:
        services.sign_out_everywhere(person=person(request), keep_this=True)
        return Response({"message": "Every other session is ended."})


_SESSION_ID = OpenApiParameter(
    "session_id",
    {"type": "string", "minLength": 1, "maxLength": MAX_ID_LENGTH},
    OpenApiParameter.PATH,
    description="The id of the list.",
)


class OneSession(AccountView):
    """One session of the person."""

    served_read_only = ("DELETE",)

    @extend_schema(
        operation_id="getSession",
        summary="One session of the list",
        tags=["auth"],
        parameters=[_SESSION_ID],
        responses={200: serializers.OneSessionSerializer, **refused(404, "There is no such session.")},
    )
    def get(self, request: Request, session_id: str) -> Response:
        asking = person(request)
        for session in selectors.open_sessions(asking.user_id):
            if session.session_id == session_id:
                return Response({"session": _shown(session, asking.session_id)})
        raise NotFound("There is no such session; it may have ended.")

    @extend_schema(
        operation_id="endSession",
        summary="Ends a session",
        description="A session that is not there is no error.",
        tags=["auth"],
        parameters=[_SESSION_ID],
        request=None,
        responses={200: serializers.MessageSerializer},
    )
    def delete(self, request: Request, session_id: str) -> Response:
        if len(session_id) > MAX_ID_LENGTH:
            raise FieldErrors([("session_id", f"An id has at most {MAX_ID_LENGTH} characters.")])
        asking = person(request)
        services.end_listed_session(person=asking, session_id=session_id)
        response = Response({"message": "The session is ended."})
        if session_id == asking.session_id:
            delete_cookie(request, response)
        return response


def _shown(session: ListedSession, current: str) -> dict[str, str | bool]:
    return {
        "id": session.session_id,
        "device": session.device,
        "place": session.place,
        "firstSeen": session.created_at,
        "lastSeen": session.seen_at,
        "current": session.session_id == current,
    }
