"""What statements are known by, and the sentences about them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.recommendations.engine.titles import normalise
from apps.recommendations.engine.vocabulary import GENRE_NAMES
from apps.recommendations.feedback.sentences import sentence
from apps.recommendations.feedback.statements import SCOPES, Statement, is_id

STATEMENTS = st.sampled_from([(kind, scope) for kind, scopes in SCOPES.items() for scope in scopes]).flatmap(
    lambda pair: st.builds(
        Statement,
        st.tuples(st.sampled_from(["movie", "tv"]), st.integers(1, 2**53 - 1)),
        st.just(pair[0]),
        st.just(pair[1]),
        genre=st.sampled_from(sorted(GENRE_NAMES)) if pair[1] == "genre" else st.none(),
        person=st.text(min_size=1, max_size=100).filter(normalise) if pair[1] == "person" else st.none(),
    )
)


@given(STATEMENTS)
def test_every_statement_has_an_id_and_a_sentence(statement: Statement) -> None:
    assert is_id(statement.id)
    assert len(statement.id) <= 31
    words = sentence(statement, None, "2026-07-01T00:00:00.000Z")
    assert words[0] == words[0].upper()
    assert "{" not in words.replace(statement.person or "", "")


@given(STATEMENTS, STATEMENTS)
def test_an_id_says_what_a_statement_is_about(one: Statement, other: Statement) -> None:
    def about(said: Statement) -> object:
        if said.genre or said.person:
            return said.genre, normalise(said.person or "")
        return said.key, said.kind == "already_seen"

    assert (one.id == other.id) is (about(one) == about(other))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "movie",
        "movie-",
        "movie-0",
        "movie-01",
        "tv-1\n",
        "genre-x",
        "person-",
        "person-" + "A" * 24,
        "seen-genre-1",
    ],
)
def test_other_texts_are_no_ids(text: str) -> None:
    assert not is_id(text)
