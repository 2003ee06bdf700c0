"""Titles like one title: by who likes them and by what they are about."""

from collections.abc import Callable, Sequence

import pytest

from apps.recommendations.engine.artifact import Model, Operator, Trained, content_only
from apps.recommendations.engine.rows import Rows
from apps.recommendations.engine.similar import likeness, similar
from apps.recommendations.engine.titles import Title

MakeTitle = Callable[..., Title]
NOBODY: list[dict[int, int]] = [{}, {}, {}, {}, {}, {}]


@pytest.fixture(scope="module")
def titles(make_title: MakeTitle) -> list[Title]:
    return [
        make_title(1, title="Alien", makers=("Ridley Scott",), keywords=("space", "aliens"), genres=(27, 878)),
        make_title(2, title="Aliens", keywords=("space", "aliens"), genres=(28, 878)),
        make_title(3, title="Blade Runner", makers=("Ridley Scott",), genres=(878,)),
        make_title(4, title="Everybody's Darling", genres=(35,)),
        make_title(5, title="Nobody's Darling", genres=(35,)),
        make_title(6, title="Deep Space", media_type="tv", keywords=("space",), genres=(10765,)),
    ]


def trained(titles: Sequence[Title], entries: list[dict[int, int]], likes: Sequence[float]) -> Model:
    """A model with these int8 weights and content neighbours as an untrained one finds them."""
    size = len(titles)
    plain = content_only(titles)
    content = [{j: round(100 * share) for j, share in plain.content_neighbours(i)} for i in range(size)]
    rows, near = (_rows(of) for of in (entries, content))
    return Model(titles, "test", Trained([Operator(None, rows)], near, likes, [0.0] * size))


def _rows(entries: list[dict[int, int]]) -> Rows:
    ordered = [sorted(row.items(), key=lambda entry: (-abs(entry[1]), entry[0])) for row in entries]
    starts = [sum(map(len, ordered[:i])) for i in range(len(ordered) + 1)]
    columns = [j for row in ordered for j, _ in row]
    return Rows(starts, [0.01] * len(entries), columns, [value for row in ordered for _, value in row])


def names(model: Model, title: Title, media_type: str = "both", limit: int = 20) -> list[str]:
    return [one.title.title for one in similar(model, title, media_type, limit)]  # type: ignore[arg-type]


class TestByContent:
    def test_what_shares_most_comes_first(self, titles: list[Title]) -> None:
        assert names(content_only(titles), titles[0]) == ["Aliens", "Deep Space", "Blade Runner"]

    def test_the_reason_names_what_is_shared(self, titles: list[Title]) -> None:
        second, _, third = similar(content_only(titles), titles[0], "both", 20)
        assert [one.reasons[0].text for one in (second, third)] == [
            "Shares aliens, space and Science Fiction with Alien",
            "Shares Ridley Scott and Science Fiction with Alien",
        ]
        assert second.reasons[0].titles == (("movie", 1),)

    def test_a_title_is_not_like_itself(self, titles: list[Title]) -> None:
        model = content_only(titles)
        assert all(title.title not in names(model, title) for title in titles)

    def test_of_the_kind_wanted_and_no_more_than_that(self, titles: list[Title]) -> None:
        model = content_only(titles)
        assert names(model, titles[0], "tv") == ["Deep Space"]
        assert names(model, titles[0], "movie") == ["Aliens", "Blade Runner"]
        assert names(model, titles[0], limit=1) == ["Aliens"]

    def test_a_title_that_shares_nothing_has_none(self, titles: list[Title], make_title: MakeTitle) -> None:
        assert names(content_only([*titles, make_title(7, genres=(99,))]), make_title(7, genres=(99,))) == []


class TestByLikes:
    LIKES = (400.0, 100.0, 100.0, 40_000.0, 60.0, 1.0)

    def test_the_reason_says_so(self, titles: list[Title]) -> None:
        entries = [{4: 50}, *NOBODY[1:]]
        best = similar(trained(titles, entries, self.LIKES), titles[0], "both", 20)[0]
        assert best.title.title == "Nobody's Darling"
        assert [(one.kind, one.text) for one in best.reasons] == [("liked_together", "Liked by people who liked Alien")]
        assert best.parts == {"personal": pytest.approx(400 / 450), "content": 0}
        assert best.score == pytest.approx(400 / 450 / 3)

    def test_a_title_is_not_like_itself_whatever_its_weights_say(self, titles: list[Title]) -> None:
        assert "Alien" not in names(trained(titles, [{0: 90, 4: 50}, *NOBODY[1:]], self.LIKES), titles[0])

    def test_what_everybody_likes_is_held_down(self, titles: list[Title]) -> None:
        entries = [{3: 60, 4: 50}, *NOBODY[1:]]
        found = names(trained(titles, entries, self.LIKES), titles[0])
        assert found.index("Nobody's Darling") < found.index("Everybody's Darling")

    def test_the_likes_of_a_few_are_trusted_less_than_content(self, titles: list[Title]) -> None:
        entries = [{4: 50}, *NOBODY[1:]]
        assert names(trained(titles, entries, [3.0, *self.LIKES[1:]]), titles[0])[0] == "Aliens"

    def test_what_is_liked_by_others_is_not_alike(self, titles: list[Title]) -> None:
        assert 4 not in likeness(trained(titles, [{4: -50}, *NOBODY[1:]], self.LIKES), 0)

    def test_both_kinds_of_likeness_are_told_the_stronger_first(self, titles: list[Title]) -> None:
        entries = [{1: 50}, *NOBODY[1:]]
        best = similar(trained(titles, entries, self.LIKES), titles[0], "both", 1)[0]
        assert [one.kind for one in best.reasons] == ["liked_together", "similar"]
        assert sum(one.weight for one in best.reasons) == pytest.approx(sum(best.parts.values()))


class TestAnOutsider:
    def test_content_alone_decides_and_the_order_is_the_same(self, titles: list[Title]) -> None:
        model = trained(titles[1:], NOBODY[1:], [100.0] * 5)
        assert names(model, titles[0]) == ["Aliens", "Deep Space", "Blade Runner"]

    def test_similarities_are_those_of_content_neighbours(self, titles: list[Title], make_title: MakeTitle) -> None:
        model = content_only(titles)
        twin = make_title(99, makers=("Ridley Scott",), keywords=("space", "aliens"), genres=(27, 878))
        inside = dict(model.content_neighbours(0))
        for one in similar(model, twin, "both", 20):
            place = model.place(one.title.key)
            assert place == 0 or one.parts["content"] == pytest.approx(2 * inside[place])  # type: ignore[index]

    def test_one_of_which_nothing_is_known_is_like_nothing(self, titles: list[Title], make_title: MakeTitle) -> None:
        assert names(content_only(titles), make_title(99)) == []


def test_the_same_title_has_the_same_list(titles: list[Title]) -> None:
    model = content_only(titles)
    assert similar(model, titles[5], "both", 20) == similar(content_only(titles), titles[5], "both", 20)
