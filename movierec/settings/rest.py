"""Django REST framework and the OpenAPI document."""

from apps.media.attribution import TMDB_NOTICE
from movierec import env
from movierec.settings.base import VERSION

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": [
        "movierec.api.renderers.JsonRenderer",
        "movierec.api.renderers.PeopleRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": ["movierec.api.parsers.JsonParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "movierec.api.authentication.BearerAuthentication",
        "movierec.api.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["movierec.api.permissions.SignedIn"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "movierec.api.renderers.LenientNegotiation",
    "DEFAULT_SCHEMA_CLASS": "movierec.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "movierec.api.errors.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "MovieRec API",
    "DESCRIPTION": "Films and series for your taste: accounts, preferences, lists and recommendations with reasons.\n\n"
    "Facts and pictures of titles and people come from [The Movie Database (TMDB)](https://www.themoviedb.org). "
    f"{TMDB_NOTICE} Where titles can be watched is known from [JustWatch](https://www.justwatch.com). "
    "Whoever shows what an answer holds owes its sources the notices in its `attribution`.",
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "DEFAULT_GENERATOR_CLASS": "movierec.api.schema.Generator",
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_COERCE_PATH_PK": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "movierec.api.schema.add_headers",
    ],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    # A set of choices keeps its name in the document whatever else is added to it.
    "ENUM_NAME_OVERRIDES": {
        "MediaTypeEnum": ["movie", "tv"],
        "WantedMediaTypeEnum": ["movie", "tv", "both"],
        "FeedbackKindEnum": ["not_interested", "already_seen", "more_like_this", "do_not_use"],
        "FeedbackScopeEnum": ["title", "genre", "person", "for_now"],
        "ProvidersEnum": "apps.recommendations.fields.SERVICES",
        "ListTypeEnum": "apps.media.listings.LIST_TYPES",
        "ListedMediaTypeEnum": ["movie", "tv", "all"],
        "SourceEnum": ["personal", "taste", "popular"],
        "DiscoverSortEnum": "apps.media.index.orders.SORTS",
        "SearchKindEnum": ["movie", "tv", "person", "multi"],
        "SearchSourceEnum": ["catalogue", "tmdb"],
        "PersonMediaTypeEnum": ["person"],
        "HealthEnum": ["healthy", "degraded", "unhealthy"],
        "DatabaseHealthEnum": ["healthy", "unhealthy"],
        "ModelHealthEnum": ["healthy", "degraded", "unknown"],
    },
    "TAGS": [
        {"name": "auth", "description": "Signing up, in and out."},
        {"name": "preferences", "description": "The taste questionnaire."},
        {"name": "lists", "description": "Favourites and the watchlist."},
        {"name": "recommendations", "description": "What to watch next, and why."},
        {"name": "media", "description": "The catalogue, open to all."},
        {"name": "stats", "description": "Points, levels and achievements."},
        {"name": "service", "description": "The service itself."},
    ],
}

# Requests a minute by scope, counted in DynamoDB so that every process sees the same count.
RATE_LIMITS = env.numbers("RATE_LIMITS")
