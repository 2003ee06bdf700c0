from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.media.listings import LIST_TYPES, ListType
from apps.media.ranking import SOURCES_WITHOUT_FIGURES, Contender, Ranking, RatingScale, Statistics, contender
from apps.media.titles import CatalogueTitle, Figures

Make = Callable[..., CatalogueTitle]
TODAY = date(2026, 5, 1)
FULL_LISTS: tuple[ListType, ...] = ("trending", "popular", "top_rated")

STATISTICS = {
    ("movie", 1): Figures(vote_average=9.8, vote_count=2, likes=2, recent_likes=2),
    ("movie", 2): Figures(vote_average=9.0, vote_count=60, likes=50, recent_likes=1),
    ("movie", 3): Figures(vote_average=6.0, vote_count=40, likes=9, recent_likes=8),
    ("movie", 4): Figures(vote_average=4.0, vote_count=18, likes=9, recent_likes=0),
}


def contenders(titles: list[CatalogueTitle], statistics: Statistics | None) -> list[Contender]:
    """The titles as a rebuild with these statistics ranks them."""
    ours = (statistics is not None and title.source in SOURCES_WITHOUT_FIGURES for title in titles)
    figures = [
        (statistics or {}).get(title.key, Figures()) if own else None for title, own in zip(titles, ours, strict=True)
    ]
    return list(map(contender, titles, figures))


def order(list_type: ListType, titles: list[CatalogueTitle], statistics: Statistics = STATISTICS) -> list[int]:
    ranking = Ranking(contenders(titles, statistics), TODAY)
    return [title.key[1] for title in ranking.ranked(list_type)]


def test_each_list_has_its_order(film: Make) -> None:
    titles = [film(number) for number in (5, 4, 3, 2, 1)]
    assert order("popular", titles) == [2, 3, 4, 1, 5]
    assert order("trending", titles) == [3, 1, 2, 4, 5]
    assert order("top_rated", titles) == [2, 1, 3, 4, 5]


def test_what_nobody_knows_goes_by_renown_and_then_by_number(film: Make) -> None:
    titles = [film(12), film(11), film(10, renown=2), film(13, renown=5)]
    for list_type in FULL_LISTS:
        assert order(list_type, titles, {}) == [13, 10, 11, 12]


def test_the_order_does_not_depend_on_that_of_the_input(film: Make) -> None:
    titles = [film(number, release_date=f"202{number}-06-01", renown=1) for number in range(1, 6)]
    for list_type in LIST_TYPES:
        assert len({tuple(order(list_type, list(shuffled))) for shuffled in permutations(titles)}) == 1


def test_a_title_stands_by_our_viewers_figures_or_by_its_own(film: Make) -> None:
    title = film(1, vote_average=7.5, vote_count=900, popularity=33.5)
    assert contender(title, None).standing == (7.5, 900, 33.5, 33.5)
    assert contender(title, STATISTICS["movie", 3]).standing == (6.0, 40, 9, 8)
    assert contender(title, Figures()).standing == (0, 0, 0, 0)


def test_upcoming_is_what_comes_after_today_soonest_first(film: Make) -> None:
    days = ["2026-05-01", "2026-05-02", "2027", None, "2027-12-30", "2026", "1999-01-01", "2026-05-02"]
    titles = [film(n, release_date=day, popularity=float(n), source="tmdb") for n, day in enumerate(days, 1)]
    assert order("upcoming", titles) == [8, 2, 5, 3]


def test_what_plays_came_out_within_45_days_most_popular_first(film: Make) -> None:
    days = ["2026-05-01", "2026-05-02", "2026-03-17", "2026-03-16", "2026", None]
    titles = [film(n, release_date=day, popularity=float(n), source="tmdb") for n, day in enumerate(days, 1)]
    assert order("now_playing", titles) == [3, 1]


class TestHiddenGems:
    """Among films with some two thousand votes on average and a mean of about seven."""

    CROWD = ((7.0, 3_600), (7.0, 2_600))

    def gems(self, film: Make, *titles: CatalogueTitle) -> list[int]:
        crowd = [
            film(100 + n, source="tmdb", vote_average=mean, vote_count=votes)
            for n, (mean, votes) in enumerate(self.CROWD)
        ]
        return order("hidden_gems", [*crowd, *titles])

    @pytest.mark.parametrize(
        ("average", "votes", "found"),
        [(8.0, 300, True), (6.9, 300, False), (8.0, 120, True), (8.0, 10, False), (8.0, 2_000, False), (0.0, 0, False)],
    )
    def test_they_are_praised_by_few(self, film: Make, average: float, votes: int, found: bool) -> None:
        title = film(1, source="tmdb", vote_average=average, vote_count=votes)
        assert self.gems(film, title) == ([1] if found else [])

    def test_the_best_rated_comes_first(self, film: Make) -> None:
        titles = [film(n, source="tmdb", vote_average=7.5 + n / 10, vote_count=500) for n in (1, 3, 2)]
        assert self.gems(film, *titles) == [3, 2, 1]

    def test_who_is_known_to_be_little_known_needs_no_count(self, film: Make) -> None:
        few = {"source": "tmdb", "vote_average": 8.0, "vote_count": 10}
        titles = [film(1, renown=2, **few), film(2, renown=3, **few), film(3, acclaim=("underrated",), **few)]
        assert self.gems(film, *titles) == [1, 3]

    def test_the_word_underrated_is_believed_where_nobody_voted(self, film: Make) -> None:
        assert self.gems(film, film(11, acclaim=("underrated",)), film(12, renown=1)) == [11]

    def test_what_is_not_out_yet_is_none(self, film: Make) -> None:
        assert self.gems(film, film(11, acclaim=("underrated",), release_date="2026-05-02")) == []


def test_the_weighted_rating_is_the_bayesian_mean() -> None:
    # 30 votes a rated title on average, and (9.8·2 + 9·60 + 6·40 + 4·18) / 120 as the mean of all votes.
    rating = RatingScale.of([*STATISTICS.values(), Figures()]).weighted
    mean = 871.6 / 120
    assert rating(STATISTICS["movie", 1]) == pytest.approx((2 * 9.8 + 30 * mean) / 32)
    assert rating(STATISTICS["movie", 2]) == pytest.approx((60 * 9.0 + 30 * mean) / 90)


_TITLES = st.lists(
    st.builds(
        CatalogueTitle,
        media_type=st.sampled_from(["movie", "tv"]),
        media_id=st.integers(1, 30),
        title=st.just("x"),
        source=st.sampled_from(["demo", "tmdb"]),
        release_date=st.none() | st.dates(date(2025, 1, 1), date(2028, 1, 1)).map(str) | st.just("2027"),
        renown=st.none() | st.integers(1, 5),
        acclaim=st.sampled_from([(), ("underrated",)]),
        vote_average=st.floats(0, 10),
        vote_count=st.integers(0, 5_000),
        popularity=st.floats(0, 1_000),
    ),
    max_size=15,
    unique_by=lambda title: title.key,
)


class TestOfAnyCatalogue:
    @given(titles=_TITLES)
    def test_full_lists_hold_every_title_once_and_others_a_part(self, titles: list[CatalogueTitle]) -> None:
        keys = {title.key for title in titles}
        ranking = Ranking(contenders(titles, {}), TODAY)
        for list_type in LIST_TYPES:
            found = [title.key for title in ranking.ranked(list_type)]
            assert len(found) == len(set(found))
            assert set(found) == keys if list_type in FULL_LISTS else set(found) <= keys

    @given(titles=_TITLES)
    def test_nothing_is_both_upcoming_and_out(self, titles: list[CatalogueTitle]) -> None:
        ranking = Ranking(contenders(titles, None), TODAY)
        upcoming = [title.release_date or "" for title in ranking.ranked("upcoming")]
        playing = [title.release_date or "" for title in ranking.ranked("now_playing")]
        assert all(day > TODAY.isoformat() for day in upcoming)
        assert all(day <= TODAY.isoformat() for day in playing)
        last_days = [f"{day}-12-31"[:10] for day in upcoming]
        assert all(one <= other for one, other in pairwise(last_days))

    @given(titles=_TITLES)
    def test_a_weighted_rating_lies_between_the_title_and_the_mean(self, titles: list[CatalogueTitle]) -> None:
        scale = RatingScale.of(titles)
        for title in titles:
            if title.vote_count:
                low, high = sorted((title.vote_average, scale.mean))
                assert low - 1e-9 <= scale.weighted(title) <= high + 1e-9

    @given(titles=_TITLES, more=st.integers(1, 1_000))
    def test_more_popularity_never_takes_a_title_down(self, titles: list[CatalogueTitle], more: int) -> None:
        if not titles:
            return
        first = titles[0]
        raised = CatalogueTitle(**{**_fields(first), "popularity": first.popularity + more})
        before = [title.key for title in Ranking(contenders(titles, None), TODAY).ranked("popular")]
        after = [title.key for title in Ranking(contenders([raised, *titles[1:]], None), TODAY).ranked("popular")]
        assert after.index(first.key) <= before.index(first.key)


def _fields(title: CatalogueTitle) -> dict[str, object]:
    return {name: getattr(title, name) for name in CatalogueTitle.__slots__}
