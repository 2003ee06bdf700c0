"""Titles of every kind, and what they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from apps.media.details import Credit, Details, Keyword, Offers, Translation
from apps.media.index.build import build_index
from apps.media.index.catalogue import CatalogueIndex
from apps.media.titles import CatalogueTitle, FullTitle

Make = Callable[..., FullTitle]
BUILT_AT = "2026-05-01T12:00:00Z"

KEANU = Credit(6384, "Keanu Reeves", "Neo", "/keanu.jpg")
CARRIE = Credit(530, "Carrie-Anne Moss", "Trinity")
LANA = Credit(9340, "Lana Wachowski", "Director")


@pytest.fixture
def matrix() -> FullTitle:
    """A film with everything that the index keeps."""
    facts = CatalogueTitle(
        media_type="movie", media_id=603, title="The Matrix", source="tmdb", release_date="1999-03-31",
        genres=(28, 878), runtime=136, language="en", countries=("US", "AU"), keywords=("dystopia",),
        certification="R", overview="A hacker wakes up.", poster_path="/m.jpg", vote_average=8.2, vote_count=26000,
        popularity=90.5,
    )  # fmt: skip
    details = Details(
        cast=(KEANU, CARRIE),
        crew=(LANA,),
        keywords=(Keyword(83, "Saving the World"),),
        certifications={"SE": "15", "US": "R"},
        offers={"SE": Offers(stream=(8,), free=(20,), ads=(30,), rent=(2,), buy=(3,))},
        alternative_titles=("Matrix 1",),
    )
    return FullTitle(facts, details, {"es": Translation("Matrix", "Un pirata."), "fr": Translation(overview="Un.")})


@pytest.fixture
def of_demo() -> FullTitle:
    """A series of which only names are known."""
    facts = CatalogueTitle(
        media_type="tv", media_id=603, title="Breaking Bad", source="demo", release_date="2008", genres=(18,),
        runtime=47, language="en", countries=("US",), makers=("Vince Gilligan",),
        cast=("Bryan Cranston", "Keanu Reeves"), keywords=("Drug Dealer",), certification="TV-MA",
        services=("netflix", "SE/prime"), renown=5, overview="Chemistry.",
    )  # fmt: skip
    return FullTitle(facts)


@pytest.fixture
def indexed() -> Callable[..., CatalogueIndex]:
    """The index of the given titles, built, written and read."""
    return lambda *titles: CatalogueIndex.read(build_index(titles, built_at=BUILT_AT))


@pytest.fixture
def title() -> Make:
    """Makes a title by its number; other facts as given."""

    def make(media_id: int, **facts: Any) -> FullTitle:
        defaults = {"media_type": "movie", "title": f"Film {media_id}", "source": "demo"}
        return FullTitle(CatalogueTitle(media_id=media_id, **{**defaults, **facts}))

    return make
