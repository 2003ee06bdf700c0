"""The addresses of pages, documentation and health."""

from django.urls import path

from movierec.api.lazy_views import lazy_view

urlpatterns = [
    path("", lazy_view("apps.web.pages.front_page"), name="front-page"),
    path("favicon.ico", lazy_view("apps.web.pages.icon"), name="icon"),
    path("health", lazy_view("apps.web.health.Health"), name="health"),
    path("schema", lazy_view("apps.web.docs.Document"), name="schema"),
    path("docs", lazy_view("apps.web.docs.Reference"), name="docs"),
]
