"""What the endpoints of recommendations share: the limits of a request, and titles as clients read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request

from apps.media.images import poster_url
from apps.recommendations.engine.answers import Recommendation
from apps.recommendations.engine.phrases import SERVICE_NAMES
from apps.recommendations.profile import Wish


def wish_of(wanted: Mapping[str, Any]) -> Wish:
    """The validated fields of a request as a wish; fields that its endpoint does not have are absent."""
    return Wish(
        media_type=wanted["mediaType"],
        limit=wanted["limit"],
        exclude=wanted["exclude"],
        preferences=wanted.get("preferences"),
        favourites=wanted.get("favorites", ()),
        watchlist=wanted.get("watchlist", ()),
        novelty=wanted["novelty"],
        diversity=wanted["diversity"],
        max_runtime=wanted.get("maxRuntime"),
        providers=wanted.get("providers", frozenset()),
        region=wanted["region"],
    )


def shortfall(wish: Wish, found: int) -> str | None:
    """The sentence for an answer of fewer titles than were asked for, None for a full one."""
    if found >= wish.limit:
        return None
    limits = _limits(wish)
    titles = "1 title is" if found == 1 else f"{found or 'No'} titles are"
    return f"{titles} left{' ' if limits else ''}{' and '.join(limits)}."


def _limits(wish: Wish) -> list[str]:
    limits = []
    if wish.max_runtime is not None:
        limits.append(f"of at most {wish.max_runtime} minutes")
    if wish.providers:
        names = [SERVICE_NAMES.get(code, code) for code in sorted(wish.providers)]
        limits.append(f"on {' or '.join(names)} in {wish.region}")
    return limits


def metadata(
    *, candidates: int, milliseconds: float, fallback: bool, version: str, message: str | None
) -> dict[str, Any]:
    """What an answer says of itself."""
    return {
        "totalCandidates": candidates,
        "processingTime": milliseconds,
        "cacheHit": False,
        "fallbackUsed": fallback,
        "modelVersion": version,
        "message": message,
    }


def scored_title(request: Request, item: Recommendation) -> dict[str, Any]:
    """A title with its score and reasons."""
    title = item.title
    return {
        "mediaId": str(title.media_id),
        "id": title.media_id,
        "title": title.title,
        "overview": title.overview,
        "posterPath": title.poster_path,
        "backdropPath": title.backdrop_path,
        "posterUrl": poster_url(request, title.media_type, title.media_id, title.poster_path),
        "voteAverage": title.vote_average,
        "releaseDate": title.release_date,
        "popularity": title.popularity,
        "mediaType": title.media_type,
        "genres": "|".join(map(str, title.genres)),
        "genreIds": list(title.genres),
        "score": round(item.score, 4),
        "scoreReasons": [f"{reason.text} ({reason.weight:+.2f})" for reason in item.reasons],
        "recommendationReason": item.reasons[0].text,
        "reasons": [
            {
                "kind": reason.kind,
                "text": reason.text,
                "weight": round(reason.weight, 4),
                "titles": [{"mediaId": str(number), "mediaType": kind} for kind, number in reason.titles],
            }
            for reason in item.reasons
        ],
        "scoreParts": {name: round(part, 4) for name, part in item.parts.items()},
    }


def recommended_item(request: Request, item: Recommendation, milliseconds: float) -> dict[str, Any]:
    """A title recommended to a person; `milliseconds` is what the whole answer took."""
    return {**scored_title(request, item), "processingTime": milliseconds}
