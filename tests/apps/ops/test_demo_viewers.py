from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import mean

import pytest

from apps.media.providers.demo import DemoCatalogue
from apps.media.ranking import Ranking, contender
from apps.media.titles import CatalogueTitle, Figures
from apps.ops.demo_viewers import FIRST_VIEWER, VIEWERS, Viewer, demo_viewers, interactions
from apps.ops.statistics import tally

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def titles() -> list[CatalogueTitle]:
    return list(DemoCatalogue().titles())


@pytest.fixture(scope="module")
def viewers(titles: list[CatalogueTitle]) -> list[Viewer]:
    return list(demo_viewers(titles, now=NOW))


def test_the_same_catalogue_and_time_give_the_same_viewers(titles: list[CatalogueTitle], viewers: list[Viewer]) -> None:
    assert list(demo_viewers(reversed(titles), now=NOW)) == viewers


def test_another_time_moves_the_times_and_changes_no_taste(titles: list[CatalogueTitle], viewers: list[Viewer]) -> None:
    later = list(demo_viewers(titles, now=NOW + timedelta(days=9)))
    assert [[(key, stars) for key, stars, _ in viewer.ratings] for viewer in later] == [
        [(key, stars) for key, stars, _ in viewer.ratings] for viewer in viewers
    ]
    assert later != viewers


def test_numbers_are_those_of_an_audience(viewers: list[Viewer]) -> None:
    assert len({viewer.user_id for viewer in viewers}) == VIEWERS
    assert viewers[0].user_id == FIRST_VIEWER
    stars = [rating[1] for viewer in viewers for rating in viewer.ratings]
    assert {len(viewer.ratings) for viewer in viewers} <= set(range(15, 81))
    assert set(stars) <= {half / 2 for half in range(1, 11)}
    assert 3.4 < mean(stars) < 3.8
    assert len(set(stars)) >= 8


def test_each_title_stands_once_on_each_list(viewers: list[Viewer]) -> None:
    for viewer in viewers:
        seen = [key for key, _, _ in viewer.ratings]
        best = {key for key, stars, _ in viewer.ratings if stars >= 4.5}
        waiting = [key for key, _ in viewer.watchlist]
        assert len(set(seen)) == len(seen)
        assert {key for key, _ in viewer.favourites} <= best
        assert len(viewer.favourites) <= 12
        assert 2 <= len(set(waiting)) == len(waiting) <= 9
        assert not set(seen) & set(waiting)


def test_times_lie_in_two_years_and_behind_each_premiere(titles: list[CatalogueTitle], viewers: list[Viewer]) -> None:
    premieres = {title.key: title.release_date or "" for title in titles}
    times = [(key, moment) for viewer in viewers for key, _, moment in viewer.ratings]
    times += [entry for viewer in viewers for entry in (*viewer.favourites, *viewer.watchlist)]
    assert all(NOW - timedelta(days=731) <= moment <= NOW for _, moment in times)
    assert all(premieres[key] <= moment.date().isoformat() for key, moment in times)


def test_recent_weeks_are_denser(viewers: list[Viewer]) -> None:
    months = Counter((NOW - moment).days // 30 for viewer in viewers for _, _, moment in viewer.ratings)
    assert months[0] > 2 * months[12]


def test_trending_differs_from_popular(titles: list[CatalogueTitle], viewers: list[Viewer]) -> None:
    figures = tally(interactions(viewers), NOW)
    films = [title for title in titles if title.media_type == "movie"]
    ranking = Ranking([contender(film, figures.get(film.key, Figures())) for film in films], NOW.date())
    popular = [title.key for title in ranking.ranked("popular")[:10]]
    trending = [title.key for title in ranking.ranked("trending")[:10]]
    assert len(set(popular) & set(trending)) <= 6
    assert mean(title.renown or 0 for title in ranking.ranked("popular")[:20]) > 4


def test_tastes_differ_and_hold_together(titles: list[CatalogueTitle], viewers: list[Viewer]) -> None:
    """The first viewer leans towards science fiction: it is a larger part of what they saw than of the catalogue."""
    fiction = {title.key for title in titles if {878, 10765} & set(title.genres)}
    seen = {key for key, _, _ in viewers[0].ratings}
    assert len(seen & fiction) / len(seen) > 2 * len(fiction) / len(titles)


def test_a_tiny_catalogue_is_enough() -> None:
    titles = [CatalogueTitle("movie", number, f"Film {number}", "demo", renown=3) for number in range(1, 6)]
    (viewer,) = demo_viewers(titles, now=NOW, count=1)
    assert sorted(key for key, _, _ in viewer.ratings) == [title.key for title in titles]
    assert viewer.watchlist == ()
    assert list(demo_viewers([], now=NOW, count=1)) == [Viewer("demo-1", (), (), ())]
