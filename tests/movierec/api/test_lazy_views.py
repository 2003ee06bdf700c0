from __future__ import annotations

import subprocess
import sys

from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse

from apps.web.health import Health
from movierec.api.lazy_views import LazyView, lazy_view


def test_a_view_is_imported_when_it_is_asked_for_and_not_before() -> None:
    code = (
        "import sys, django; django.setup();"
        "from django.urls import resolve, reverse;"
        "assert reverse('media-title', args=['movie', 603]) == '/media/movie/603';"
        "found = resolve('/media/genres').func;"
        "assert 'apps.media.api.genres' not in sys.modules, 'resolving imported it';"
        "assert found.cls.__name__ == 'Genres';"
        "assert 'apps.media.api.genres' in sys.modules;"
        "assert 'apps.media.api.listings' not in sys.modules;"
        "assert 'drf_spectacular.openapi' not in sys.modules, 'the document is made for nobody'"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={"DJANGO_SETTINGS_MODULE": "movierec.settings"})


def test_every_view_of_the_service_is_there() -> None:
    found = [pattern.callback for pattern in patterns(get_resolver().url_patterns)]
    lazy = [view for view in found if isinstance(view, LazyView)]
    assert len(lazy) == 75
    assert all(callable(view._view) for view in lazy)


def patterns(known: list[object]) -> list[object]:
    inside = [patterns(one.url_patterns) if hasattr(one, "url_patterns") else [one] for one in known]
    return [pattern for some in inside for pattern in some]


def test_to_whoever_looks_it_is_the_view() -> None:
    view = lazy_view("apps.web.health.Health")
    assert view.cls is Health
    assert view.csrf_exempt
    assert lazy_view("apps.web.pages.front_page").csrf_exempt
    assert repr(view) == "<LazyView apps.web.health.Health>"


def test_it_answers_as_the_view_does() -> None:
    request = RequestFactory().get("/favicon.ico")
    answer = lazy_view("apps.web.pages.icon")(request)
    assert (answer.status_code, answer["Location"]) == (302, "/static/web/icon.svg")


def test_pages_link_views_that_are_not_imported(client: Client) -> None:
    assert reverse("discover") in client.get("/", headers={"accept": "text/html"}).content.decode()
