"""Every address of the service. No path ends in a slash; one that does gets the same answer."""

from django.urls import URLResolver, include, path, re_path
from django.urls.resolvers import RoutePattern

from movierec.api.lazy_views import lazy_view
from movierec.api.not_found import unknown_path

urlpatterns = [
    path("", include("apps.web.urls")),
    path("auth/", include("apps.accounts.urls")),
    path("", include("apps.accounts.user_urls")),
    path(".well-known/jwks.json", lazy_view("apps.accounts.api.keys.PublicKeys"), name="public-keys"),
    path("user/", include("apps.preferences.urls")),
    path("user/", include("apps.lists.urls")),
    path("user/stats/", include("apps.stats.urls")),
    path("", include("apps.recommendations.urls")),
    path("", include("apps.media.urls")),
    # Not by `include`, which would have every process import what few of its requests need.
    URLResolver(RoutePattern("ops"), "apps.ops.urls"),
    # Not left to `handler404`, which Django asks only with DEBUG off.
    re_path("", unknown_path),
]

handler404 = unknown_path
