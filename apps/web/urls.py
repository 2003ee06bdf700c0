"""The addresses of pages, documentation and health."""

from django.urls import path

from apps.web.docs import Document, Reference
from apps.web.health import Health
from apps.web.pages import front_page, icon

urlpatterns = [
    path("", front_page, name="front-page"),
    path("favicon.ico", icon, name="icon"),
    path("health", Health.as_view(), name="health"),
    path("schema", Document.as_view(), name="schema"),
    path("docs", Reference.as_view(), name="docs"),
]
