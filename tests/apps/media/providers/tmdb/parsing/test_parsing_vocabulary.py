"""TMDB's words in the terms of the questionnaire and the recommender."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

from apps.media.providers.demo import DemoCatalogue
from apps.media.providers.tmdb.parsing import full_title
from apps.media.providers.tmdb.parsing.vocabulary import _WORD_OF, _WORDS, recommender_words
from apps.recommendations.catalogue import engine_title
from apps.recommendations.engine import vocabulary
from apps.recommendations.engine.facts import title_facts
from tests.stand_ins.tmdb_bodies import movie_body


def test_every_word_is_one_that_the_recommender_or_the_demo_uses() -> None:
    weighed = re.findall(r'"keyword:([^"]+)"', Path(vocabulary.__file__).read_text(encoding="utf-8"))
    parts = chain.from_iterable(words for each in vocabulary.PART_KEYWORDS.values() for words in each.values())
    of_demo = chain.from_iterable(title.keywords for title in DemoCatalogue().titles())
    assert set(_WORDS) <= {*weighed, *parts, *of_demo}


def test_each_of_their_words_has_one_of_ours_and_none_is_its_own() -> None:
    theirs = [word for several in _WORDS.values() for word in several]
    assert len(theirs) == len(set(theirs)) == len(_WORD_OF)
    assert all(word == word.lower() for word in theirs)
    assert set(theirs).isdisjoint(_WORDS)


def test_words_stand_once_and_ours_behind() -> None:
    assert recommender_words(["Plot Twist", "spy", "Espionage", "plot twist"]) == (
        "plot twist", "spy", "espionage", "twist ending",
    )  # fmt: skip


def test_facts_that_filters_and_tastes_ask_for() -> None:
    keywords = {"keywords": [{"id": 1, "name": "Graphic Violence"}, {"id": 2, "name": "cult film"}]}
    title = full_title("movie", movie_body(603, keywords=keywords), refreshed_at="", languages=()).facts
    facts = title_facts(engine_title(title), newest_year=2026)
    assert {
        "service:netflix", "service:hbo", "service:SE/prime", "keyword:violence", "maturity:mature", "content:violent",
        "acclaim:blockbuster", "acclaim:criticallyAcclaimed", "acclaim:cultClassic", "maker:only director",
        "cast:first player", "country:US", "language:en", "genre:878", "runtime:long", "era:modern", "type:movie",
    } <= facts  # fmt: skip
    assert "service:other" not in facts
