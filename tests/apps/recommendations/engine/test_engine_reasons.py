"""Reasons say what the score is made of."""

import pytest

from apps.recommendations.engine.answers import Liked


@pytest.fixture
def films(make_title):
    return [make_title(n, title=name) for n, name in enumerate(("Alien", "Blade Runner", "Heat", "Aliens", "Solaris"))]


def reasons_of(answer, media_id):
    return next(item.reasons for item in answer.items if item.title.media_id == media_id)


def liked(*ids, verb="liked", weight=1.0):
    return [Liked(("movie", media_id), weight, verb) for media_id in ids]


def test_the_titles_named_are_the_largest_positive_terms(films, make_trained, ask):
    model = make_trained(films, {0: {3: 50, 4: 20}, 1: {3: 40}, 2: {3: 10, 4: -30}})
    answer = ask(model, likes=[("movie", n) for n in (0, 1, 2)])
    reason = reasons_of(answer, 3)[0]
    assert reason.text == "Because you liked Alien and Blade Runner"
    assert reason.titles == (("movie", 0), ("movie", 1))


def test_the_weights_of_reasons_are_the_terms_of_the_score(films, make_trained, ask):
    model = make_trained(films, {0: {3: 50, 4: 20}, 1: {3: 40}})
    answer = ask(model, likes=[("movie", 0), ("movie", 1)])
    scale = ((0.9**2 + 0.2**2) / 4000) ** 0.5
    assert reasons_of(answer, 3)[0].weight == pytest.approx(0.9 / scale)
    assert reasons_of(answer, 4)[0].weight == pytest.approx(0.2 / scale)
    assert reasons_of(answer, 4)[0].titles == (("movie", 0),)


def test_a_title_nothing_of_the_persons_own_leads_to_names_none(films, make_trained, ask):
    model = make_trained(films, {0: {3: 50}, 1: {4: -50}})
    answer = ask(model, likes=[("movie", 0), ("movie", 1)])
    assert [reason.kind for reason in reasons_of(answer, 4)] == ["discovery"]
    assert [item.title.media_id for item in answer.items] == [3, 2, 4]


@pytest.mark.parametrize(
    ("verb", "text"),
    [
        ("liked", "Because you liked Alien"),
        ("rated", "Because you rated Alien highly"),
        ("saved", "Because Alien is on your watchlist"),
    ],
)
def test_the_wording_follows_what_the_person_did(films, make_trained, ask, verb, text):
    answer = ask(make_trained(films, {0: {3: 50}}), history=liked(0, verb=verb))
    assert reasons_of(answer, 3)[0].text == text


def test_a_title_the_person_dislikes_is_no_reason_although_it_adds_to_the_score(films, make_trained, ask):
    model = make_trained(films, {0: {4: 10}, 1: {3: -50}})
    answer = ask(model, history=[*liked(0), *liked(1, verb="rated", weight=-1.0)])
    assert answer.items[0].title.media_id == 3
    assert answer.items[0].parts["personal"] > 0
    assert all(("movie", 1) not in reason.titles for reason in answer.items[0].reasons)


def test_own_titles_are_no_reason_where_a_disliked_one_adds_more(films, make_trained, ask):
    model = make_trained(films, {0: {3: 20, 4: 50}, 1: {3: -60}})
    answer = ask(model, history=[*liked(0), *liked(1, verb="rated", weight=-1.0)])
    assert reasons_of(answer, 4)[0].titles == (("movie", 0),)
    assert all(not reason.titles for reason in reasons_of(answer, 3))


def test_own_titles_are_no_reason_where_all_together_speak_against(films, make_trained, ask):
    model = make_trained(films, {0: {3: 20, 4: 50}, 1: {3: -60}})
    answer = ask(model, likes=[("movie", 0), ("movie", 1)])
    assert next(item for item in answer.items if item.title.media_id == 3).parts["personal"] < 0
    assert all(not reason.titles for reason in reasons_of(answer, 3))


def test_a_title_that_must_not_be_used_says_nothing_even_as_a_named_favourite(films, make_trained, ask):
    model = make_trained(films, {0: {3: 50}, 1: {4: 40}})
    answer = ask(model, {"favoriteContent": "Alien, Blade Runner"}, history=liked(0, weight=0.0))
    assert [reason.titles for reason in reasons_of(answer, 4)] == [(("movie", 1),)]
    assert all(not reason.titles for reason in reasons_of(answer, 3))
    assert "Alien" not in [item.title.title for item in answer.items]


def test_several_titles_on_the_watchlist_are_in_the_plural(films, make_trained, ask):
    answer = ask(make_trained(films, {0: {3: 50}, 1: {3: 50}}), history=liked(0, 1, verb="saved"))
    assert reasons_of(answer, 3)[0].text == "Because Alien and Blade Runner are on your watchlist"


def test_one_sentence_never_mixes_what_was_liked_with_what_was_saved(films, make_trained, ask):
    model = make_trained(films, {0: {3: 50}, 1: {3: 49}, 2: {3: 48}})
    answer = ask(model, history=[*liked(0, 2), *liked(1, verb="saved")])
    assert reasons_of(answer, 3)[0].text == "Because you liked Alien"


def test_a_disliked_title_pushes_down_and_is_never_a_reason(films, make_trained, ask):
    model = make_trained(films, {0: {3: 50}, 1: {4: 50}})
    answer = ask(model, history=[*liked(0), *liked(1, weight=-1.0)])
    assert [item.title.media_id for item in answer.items] == [3, 2, 4]
    assert all("Blade Runner" not in reason.text for item in answer.items for reason in item.reasons)


def test_own_titles_are_not_named_where_popularity_weighs_more(make_title, make_trained, ask):
    films = [make_title(n) for n in range(30)] + [make_title(99, popularity=500.0)]
    model = make_trained(films, {0: {30: 1, 1: 127, 2: 127, 3: 127}})
    famous = reasons_of(ask(model, likes=[("movie", 0)]), 99)
    assert [reason.text for reason in famous] == ["Widely watched"]


def test_content_is_told_by_what_is_shared(make_title, ask):
    titles = [
        make_title(1, title="Heat", makers=("Michael Mann",), genres=(80,), keywords=("heist",)),
        make_title(2, makers=("Michael Mann",), genres=(80,), keywords=("heist",)),
        make_title(3, genres=(35,)),
    ]
    reason = reasons_of(ask(titles, likes=[("movie", 1)]), 2)[0]
    assert reason.kind == "similar"
    assert reason.text == "Shares Michael Mann, heist and Crime with Heat, which you liked"


def test_popular_lately_needs_recent_likes(make_title, ask):
    titles = [make_title(n, popularity=float(n**3)) for n in range(1, 40)]
    texts = {reason.text for item in ask(titles).items for reason in item.reasons}
    assert "Popular with viewers lately" not in texts
    assert "Widely watched" in texts


def test_reasons_come_strongest_first_and_at_most_three(make_title, ask):
    title = make_title(1, genres=(35, 18), keywords=("funny", "satire"), acclaim=("awardWinning",), language="fr")
    stored = {
        "favoriteGenres": [35, 18], "moodPreferences": ["funny"], "subgenrePreferences": ["satire"],
        "criticalAcclaimPreferences": ["awardWinning"], "languagePreferences": ["fr"],
    }  # fmt: skip
    reasons = reasons_of(ask([title, make_title(2)], stored), 1)
    weights = [reason.weight for reason in reasons]
    assert len(reasons) == 3
    assert weights == sorted(weights, reverse=True)
    assert reasons[0].text == "Funny, the mood you look for"
