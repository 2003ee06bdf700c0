from collections.abc import Callable
from itertools import permutations

import pytest

from apps.media.listings import LIST_TYPES
from apps.media.ranking import ranked, weighted_rating
from apps.media.titles import CatalogueTitle, Figures

Make = Callable[..., CatalogueTitle]

STATISTICS = {
    ("movie", 1): Figures(vote_average=9.8, vote_count=2, likes=2, recent_likes=2),
    ("movie", 2): Figures(vote_average=9.0, vote_count=60, likes=50, recent_likes=1),
    ("movie", 3): Figures(vote_average=6.0, vote_count=40, likes=9, recent_likes=8),
    ("movie", 4): Figures(vote_average=4.0, vote_count=18, likes=9, recent_likes=0),
}


def order(list_type: str, titles: list[CatalogueTitle]) -> list[int]:
    return [title.media_id for title in ranked(list_type, titles, STATISTICS)]  # type: ignore[arg-type]


def test_each_list_has_its_order(film: Make) -> None:
    titles = [film(number) for number in (5, 4, 3, 2, 1)]
    assert order("popular", titles) == [2, 3, 4, 1, 5]
    assert order("trending", titles) == [3, 1, 2, 4, 5]
    assert order("top_rated", titles) == [2, 1, 3, 4, 5]


def test_what_nobody_knows_goes_by_renown_and_then_by_number(film: Make) -> None:
    titles = [film(12), film(11), film(10, renown=2), film(13, renown=5)]
    for list_type in LIST_TYPES:
        assert [title.media_id for title in ranked(list_type, titles, {})] == [13, 10, 11, 12]


def test_the_order_does_not_depend_on_that_of_the_input(film: Make) -> None:
    titles = [film(number) for number in range(1, 6)]
    for list_type in LIST_TYPES:
        assert len({tuple(order(list_type, list(shuffled))) for shuffled in permutations(titles)}) == 1


def test_the_weighted_rating_is_the_bayesian_mean() -> None:
    # 30 votes a rated title on average, and (9.8·2 + 9·60 + 6·40 + 4·18) / 120 as the mean of all votes.
    rating = weighted_rating([*STATISTICS.values(), Figures()])
    mean = 871.6 / 120
    assert rating(STATISTICS["movie", 1]) == pytest.approx((2 * 9.8 + 30 * mean) / 32)
    assert rating(STATISTICS["movie", 2]) == pytest.approx((60 * 9.0 + 30 * mean) / 90)
