"""The import of a MovieLens folder into the tables, also when it is stopped on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from pynamodb.exceptions import PynamoDBException

from apps.lists.models import Rating
from apps.media.models import CachedMedia
from apps.media.selectors import all_titles, listing
from apps.media.services import store_titles
from apps.media.titles import CatalogueTitle
from apps.ops.imports import movielens
from apps.ops.imports.movielens import Outcome, import_folder
from apps.ops.imports.movielens_files import Folder, FolderError, Rejected
from movierec.dynamo.connection import shared_connection
from movierec.dynamo.registry import create_missing_tables
from movierec.progress import Steps

MakeFolder = Callable[..., Folder]
NOW = datetime(2016, 1, 1, tzinfo=UTC)
# Three viewers with ratings of four films in no order of time, among them two movieIds of one film.
LINKS = ["1,0,862", "2,0,902", "3,0,862", "4,0,"]
RATINGS = [
    *(f"1,{movie},{stars},{964_980_000 + 10 * movie}" for movie, stars in ((1, 5), (2, 4), (4, 0.5))),
    "2,1,2.0,1445714840",
    "2,2,4.5,1445714900",
    "2,4,4.0,1445714800",
    "2,3,3.0,1445714830",
    "3,1,1.0,1000000000",
    "3,3,4.0,1000000001",
]


def run(folder: Folder) -> Outcome:
    return import_folder(Folder(folder.path), Steps(StringIO()), now=NOW)


def ratings() -> dict[tuple[str, str], tuple[Any, ...]]:
    """Every stored rating by person and title."""
    rows = [row for row in Rating.scan_rows() if row["sk"].startswith("TITLE#")]
    return {(row["pk"], row["sk"]): (row["rating"], row["watchedAt"], row["mediaType"], row["mediaId"]) for row in rows}


def everything() -> dict[str, Any]:
    """What the tables hold after an import but for the moments of its writing."""
    jobs = [row for row in Rating.scan_rows() if row["pk"].startswith("JOB#")]
    lists = {
        (kind, media): listing(kind, media, page=1, limit=100)
        for kind in ("trending", "popular", "top_rated")
        for media in ("movie", "tv")
    }
    titles = sorted(all_titles(), key=lambda title: title.key)
    return {"ratings": ratings(), "jobs": jobs, "lists": lists, "titles": titles}


@contextmanager
def stopped_at_request(number: int) -> Iterator[list[str]]:
    """Stops the process's work, as Ctrl-C does, when it sends its request of this number to DynamoDB."""
    sent: list[str] = []

    def count(request: Any, event_name: str, **_: Any) -> None:
        sent.append(event_name.rpartition(".")[2])
        if len(sent) == number:
            raise KeyboardInterrupt

    events = shared_connection().client.meta.events
    events.register_first("before-send.dynamodb", count)
    try:
        yield sent
    finally:
        events.unregister("before-send.dynamodb", count)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Saves the line that was reached every two ratings or more."""
    monkeypatch.setattr(movielens, "RATINGS_BETWEEN_SAVES", 2)


class TestFilms:
    def test_each_becomes_a_title_of_the_catalogue(self, tables: None, make_folder: MakeFolder) -> None:
        assert run(make_folder()) == Outcome(4, 0, 4, 0, already_done=False)
        found = {title.media_id: title for title in all_titles()}
        assert sorted(found) == [862, 902, 1939, 2_000_000_004]
        assert found[902] == CatalogueTitle(
            media_type="movie",
            media_id=902,
            title="The City of Lost Children",
            source="movielens",
            original_title="La Cité des enfants perdus",
            release_date="1995",
            genres=(12, 14),
        )
        assert (found[1939].genres, found[1939].keywords) == ((9648,), ("film noir",))

    def test_one_without_a_tmdb_number_gets_one_far_above(self, tables: None, make_folder: MakeFolder) -> None:
        run(make_folder(links=["1,0,862"]))
        assert sorted(title.media_id for title in all_titles()) == [862, 2_000_000_002, 2_000_000_003, 2_000_000_004]

    def test_two_with_one_tmdb_number_are_one(self, tables: None, make_folder: MakeFolder) -> None:
        outcome = run(make_folder(links=LINKS))
        assert (outcome.films, outcome.merged_films) == (3, 1)
        assert {title.media_id: title.title for title in all_titles()} == {
            862: "Toy Story",
            902: "The City of Lost Children",
            2_000_000_004: "Paterson",
        }

    def test_a_title_of_another_source_stays_as_it_is(self, tables: None, make_folder: MakeFolder) -> None:
        described = CatalogueTitle("movie", 862, "Toy Story", "demo", overview="Toys.", release_date="1995-11-22")
        series = CatalogueTitle("tv", 902, "A series", "demo")
        list(store_titles([described, series]))
        run(make_folder())
        found = {title.key: title for title in all_titles()}
        assert found["movie", 862].overview == "Toys."
        assert (found["movie", 862].source, found["movie", 862].release_date) == ("demo", "1995-11-22")
        assert found["tv", 902].title == "A series"
        assert found["movie", 902].title == "The City of Lost Children"

    def test_figures_and_lists_are_worked_out(self, tables: None, make_folder: MakeFolder) -> None:
        run(make_folder())
        found = {title.media_id: title for title in all_titles()}
        assert (found[862].vote_average, found[862].vote_count) == (9.0, 2)
        popular = listing("popular", "movie", page=1, limit=10)
        assert popular is not None
        assert popular.items[0]["id"] == 862


class TestRatings:
    def test_each_becomes_a_row_of_its_viewer(self, tables: None, make_folder: MakeFolder) -> None:
        run(make_folder())
        assert ratings() == {
            ("USER#movielens-1", "TITLE#862"): (4, "2000-07-30T18:45:03.000Z", "movie", 862),
            ("USER#movielens-1", "TITLE#1939"): (0.5, "2000-07-30T18:20:47.000Z", "movie", 1939),
            ("USER#movielens-2", "TITLE#862"): (5, "2015-10-24T19:27:15.000Z", "movie", 862),
            ("USER#movielens-2", "TITLE#2000000004"): (3.5, "2015-10-24T19:27:20.000Z", "movie", 2_000_000_004),
        }

    @pytest.mark.usefixtures("small_chunks")
    def test_of_two_for_one_title_the_latest_counts(self, tables: None, make_folder: MakeFolder) -> None:
        run(make_folder(links=LINKS, ratings=RATINGS))
        stars = {key: value[0] for key, value in ratings().items() if key[1] == "TITLE#862"}
        assert stars == {
            ("USER#movielens-1", "TITLE#862"): 5,
            ("USER#movielens-2", "TITLE#862"): 2,
            ("USER#movielens-3", "TITLE#862"): 4,
        }

    def test_bad_rows_are_left_out_and_told(self, tables: None, make_folder: MakeFolder) -> None:
        folder = make_folder(
            ratings=["1,1,4.0,964982703", "1,99,4.0,964982703", "1,2,7,964982703", b"1,3,\xff,1", "2,2,3.0,964982703"]
        )
        outcome = import_folder(folder, Steps(StringIO()), now=NOW)
        assert outcome.ratings == 2
        assert sorted(ratings()) == [("USER#movielens-1", "TITLE#862"), ("USER#movielens-2", "TITLE#902")]
        assert folder.rejected == [
            Rejected("ratings.csv", 3, "movieId 99 is not in movies.csv"),
            Rejected("ratings.csv", 4, "rating '7' is not 0.5 to 5 in half steps"),
            Rejected("ratings.csv", 5, "not UTF-8"),
        ]

    def test_none_at_all_is_fine(self, tables: None, make_folder: MakeFolder) -> None:
        assert run(make_folder(ratings=[])) == Outcome(4, 0, 0, 0, already_done=False)
        assert ratings() == {}


class TestAgain:
    def test_the_second_run_writes_nothing(self, tables: None, make_folder: MakeFolder) -> None:
        folder = make_folder()
        run(folder)
        before = everything()
        with stopped_at_request(0) as sent:
            outcome = run(folder)
        assert outcome == Outcome(4, 0, 0, 5, already_done=True)
        assert sent == ["GetItem"]
        assert everything() == before

    def test_other_files_are_another_import(self, tables: None, make_folder: MakeFolder) -> None:
        run(make_folder("first"))
        outcome = run(make_folder("second", ratings=["9,1,3.0,964982703"]))
        assert outcome == Outcome(4, 0, 1, 0, already_done=False)
        assert ("USER#movielens-9", "TITLE#862") in ratings()

    def test_the_same_files_in_another_folder_are_not(self, tables: None, make_folder: MakeFolder) -> None:
        run(make_folder("first"))
        assert run(make_folder("second")).already_done

    def test_a_wrong_folder_stores_nothing(self, tables: None, make_folder: MakeFolder) -> None:
        folder = make_folder()
        (folder.path / "links.csv").unlink()
        with pytest.raises(FolderError):
            run(folder)
        assert list(all_titles()) == []
        assert list(Rating.scan_rows()) == []


@pytest.mark.usefixtures("small_chunks")
class TestStopped:
    def test_wherever_it_is_stopped_the_next_run_ends_in_the_same_rows(
        self, tables: None, make_folder: MakeFolder
    ) -> None:
        folder = make_folder(links=LINKS, ratings=RATINGS)
        with stopped_at_request(0) as sent:
            run(folder)
        whole = everything()
        total = len(sent)
        assert sent.count("BatchWriteItem") >= 5
        for number in range(1, total + 1):
            clear()
            with stopped_at_request(number), pytest.raises(KeyboardInterrupt):
                run(folder)
            outcome = run(folder)
            assert not outcome.already_done
            assert everything() == whole, f"stopped at request {number} of {total}: {sent[number - 1]}"

    def test_it_goes_on_behind_the_line_it_reached(self, tables: None, make_folder: MakeFolder) -> None:
        folder = make_folder(links=LINKS, ratings=RATINGS)
        with stopped_at_request(0) as sent:
            run(folder)
        batches = [number for number, operation in enumerate(sent, 1) if operation == "BatchWriteItem"]
        clear()
        # The first batch is the films', the second the first viewer's.
        with stopped_at_request(batches[2]), pytest.raises(KeyboardInterrupt):
            run(folder)
        assert {key[0] for key in ratings()} == {"USER#movielens-1"}
        outcome = run(folder)
        assert (outcome.resumed_at_line, outcome.ratings) == (4, 4)

    def test_a_table_that_goes_away_ends_it_and_is_made_good(self, tables: None, make_folder: MakeFolder) -> None:
        folder = make_folder(links=LINKS, ratings=RATINGS)
        run(folder)
        whole = everything()
        clear()
        shared_connection().dispatch("DeleteTable", {"TableName": CachedMedia.Meta.table_name})
        with pytest.raises(PynamoDBException, match="ResourceNotFoundException"):
            run(folder)
        assert ratings() == {}
        list(create_missing_tables())
        run(folder)
        assert everything() == whole


def clear() -> None:
    """Empties every table."""
    for name in shared_connection().list_tables()["TableNames"]:
        shared_connection().dispatch("DeleteTable", {"TableName": name})
    list(create_missing_tables())
