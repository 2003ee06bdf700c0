"""Titles from CSV files."""

import pytest

from apps.recommendations.training.csv_files import CsvError
from apps.recommendations.training.csv_titles import read_titles, titles_for
from apps.recommendations.training.interactions import Interactions


@pytest.fixture
def read(tmp_path):
    def write_and_read(*lines):
        path = tmp_path / "movies.csv"
        path.write_bytes("\n".join(lines).encode())
        return read_titles(path)

    return write_and_read


def test_a_title_of_movielens_is_taken_apart(read):
    rows = read(
        "movieId,title,genres",
        '11,"American President, The (1995)",Comedy|Drama|Romance',
        "tv#5,Babylon 5,(no genres listed)",
        "7,Laura (1944-),Film-Noir|Sci-Fi|IMAX|Children",
    )
    assert rows.rejected == []
    film, series, noir = rows.content
    assert (film.key, film.title, film.year, film.genres) == (
        ("movie", 11),
        "American President, The",
        1995,
        (35, 18, 10749),
    )
    assert (series.key, series.title, series.year, series.genres) == (("tv", 5), "Babylon 5", None, ())
    assert (noir.year, noir.genres, noir.keywords) == (1944, (878, 10751), ("film noir",))


def test_a_film_may_have_its_number_with_a_point(read):
    (film,) = read("movieId,title", "603.0,The Matrix (1999)").content
    assert film.key == ("movie", 603)


def test_columns_named_as_facts_are_taken(read):
    (title,) = read(
        "movieId,title,overview,runtime,language,release_date,vote_average,vote_count,keywords,cast,unknown",
        '603,The Matrix (1999),"A hacker\nlearns, in ""words"".",136,en,1999-03-31,8.2,25000,hacker|war,Keanu Reeves,?',
    ).content
    assert title.overview == 'A hacker\nlearns, in "words".'
    assert (title.title, title.release_date, title.runtime, title.language) == ("The Matrix", "1999-03-31", 136, "en")
    assert (title.vote_average, title.vote_count) == (8.2, 25000)
    assert (title.keywords, title.cast) == (("hacker", "war"), ("Keanu Reeves",))


def test_malformed_lines_are_named_by_where_they_begin(read):
    rows = read(
        "movieId,title,runtime",
        '1,"Two\nlines",90',
        "2,,90",
        "x,Name,90",
        "3,Name,soon",
        "4,Name",
        "5,Name,",
    )
    assert [title.media_id for title in rows.content] == [1, 5]
    assert [(row.line, row.reason.split(";")[0]) for row in rows.rejected] == [
        (4, "the title is empty"),
        (5, "movieId 'x' is no title"),
        (6, "runtime 'soon' is no number from 0"),
        (7, "2 fields instead of 3"),
    ]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["movieId,genres", "1,Drama"], "line 1: the header does not name title"),
        (["movieId,title"], "no line can be used"),
    ],
)
def test_a_file_without_titles_is_refused(read, lines, message):
    with pytest.raises(CsvError, match=message):
        read(*lines)


def test_what_no_file_describes_is_named_by_its_id(make_title):
    interactions = Interactions.from_events([("u", key, 1.0, 0.0) for key in (("tv", 3), ("movie", 2), ("movie", 1))])
    titles = titles_for(interactions, [make_title(1), make_title(9)])
    assert [(title.key, title.title) for title in titles] == [
        (("movie", 1), "Title 1"),
        (("movie", 2), "Film 2"),
        (("movie", 9), "Title 9"),
        (("tv", 3), "Series 3"),
    ]
