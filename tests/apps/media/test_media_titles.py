from hypothesis import given
from hypothesis import strategies as st

from apps.media.titles import CatalogueTitle, from_row, is_title, to_row
from movierec.dynamo.plain import to_plain, to_wire

NOW = "2026-05-01T12:00:00.000Z"
words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
several = st.lists(words, max_size=4).map(tuple)
titles = st.builds(
    CatalogueTitle,
    media_type=st.sampled_from(["movie", "tv"]),
    media_id=st.integers(1, 2**53 - 1),
    title=words,
    source=words,
    original_title=st.none() | words,
    release_date=st.none() | st.dates().map(str),
    genres=st.lists(st.integers(1, 20_000), max_size=4).map(tuple),
    runtime=st.none() | st.integers(1, 1000),
    language=st.none() | words,
    countries=several,
    makers=several,
    cast=several,
    keywords=several,
    certification=st.none() | words,
    acclaim=several,
    services=several,
    renown=st.none() | st.integers(1, 5),
    overview=st.just("") | words,
    poster_path=st.none() | words,
    backdrop_path=st.none() | words,
    vote_average=st.floats(0, 10),
    vote_count=st.integers(0, 10**9),
    popularity=st.floats(0, 10**6),
)


@given(titles)
def test_a_title_survives_its_row(title: CatalogueTitle) -> None:
    assert from_row(to_plain(to_wire(to_row(title, NOW)))) == title


def test_row_in_the_tables_names() -> None:
    title = CatalogueTitle(
        "movie",
        603,
        "The Matrix",
        "demo",
        release_date="1999-03-31",
        genres=(28, 878),
        poster_path="/p.jpg",
        vote_average=8.2,
    )
    assert to_row(title, NOW) == {
        "mediaId": "603",
        "mediaType": "movie",
        "title": "The Matrix",
        "source": "demo",
        "releaseDate": "1999-03-31",
        "genreIds": (28, 878),
        "genre": "28",
        "posterPath": "/p.jpg",
        "voteAverage": 8.2,
        "voteCount": 0,
        "popularity": 0.0,
        "updatedAt": NOW,
    }


def test_a_title_without_genres_stays_out_of_the_index() -> None:
    assert "genre" not in to_row(CatalogueTitle("tv", 1, "x", "demo"), NOW)


def test_only_titles_are_titles() -> None:
    title = to_row(CatalogueTitle("tv", 1, "x", "demo"), NOW)
    assert is_title(title)
    assert not is_title({**title, "mediaType": "list"})
    assert not is_title({**title, "mediaId": "list:popular:tv:1"})
    assert not is_title({"mediaId": "1", "mediaType": "tv"})


def test_a_row_of_the_older_service_is_read_as_far_as_it_goes() -> None:
    row = {"mediaId": "7", "mediaType": "movie", "title": "Old", "posterPath": None, "extra": 1}
    assert from_row(row) == CatalogueTitle("movie", 7, "Old", "unknown")
