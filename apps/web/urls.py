"""The addresses of pages, documentation and health."""

from django.urls import path

from movierec.api.lazy_views import api_view, page

urlpatterns = [
    path("", page("apps.web.pages.front_page"), name="front-page"),
    path("favicon.ico", page("apps.web.pages.icon"), name="icon"),
    path("health", api_view("apps.web.health.Health"), name="health"),
    path("schema", api_view("apps.web.docs.Document"), name="schema"),
    path("docs", api_view("apps.web.docs.Reference"), name="docs"),
]
