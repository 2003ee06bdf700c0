"""MovieLens's files, row by row: good rows, and each kind of bad one with its line."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import example, given
from hypothesis import strategies as st

from apps.ops.imports import movielens_files
from apps.ops.imports.movielens_files import Film, Folder, FolderError, Rating, Rejected, take_apart

MakeFolder = Callable[..., Folder]
SMALL = settings.BASE_DIR.parent / "shared/data/movielens/ml-latest-small"


class TestGoodRows:
    def test_films(self, make_folder: MakeFolder) -> None:
        folder = make_folder()
        assert list(folder.films()) == [
            Film(1, "Toy Story", None, 1995, ("Adventure", "Animation", "Children", "Comedy", "Fantasy")),
            Film(2, "The City of Lost Children", "La Cité des enfants perdus", 1995, ("Adventure", "Fantasy", "IMAX")),
            Film(3, "Laura", None, 1944, ("Film-Noir", "Mystery")),
            Film(4, "Paterson", None, None, ()),
        ]
        assert folder.rejected == []

    def test_links_without_a_tmdb_number_are_left_out(self, make_folder: MakeFolder) -> None:
        folder = make_folder()
        assert list(folder.tmdb_ids()) == [(1, 862), (2, 902), (3, 1939)]
        assert folder.rejected == []

    def test_ratings_carry_their_line(self, make_folder: MakeFolder) -> None:
        folder = make_folder()
        assert list(folder.ratings()) == [
            Rating(2, 1, 1, 4.0, 964982703),
            Rating(3, 1, 3, 0.5, 964981247),
            Rating(4, 2, 1, 5.0, 1445714835),
            Rating(5, 2, 4, 3.5, 1445714840),
        ]
        assert folder.rejected == []

    @pytest.mark.parametrize(("after", "lines"), [(0, [2, 3, 4, 5]), (1, [2, 3, 4, 5]), (3, [4, 5]), (5, []), (99, [])])
    def test_ratings_behind_a_line(self, make_folder: MakeFolder, after: int, lines: list[int]) -> None:
        assert [rating.line for rating in make_folder().ratings(after)] == lines

    def test_empty_lines_windows_line_ends_and_spaces_do_no_harm(self, make_folder: MakeFolder) -> None:
        folder = make_folder(ratings=["1,1,4.0,964982703\r", "", " \t\r", " 1 , 3 ,2 , 964981247 \r"])
        assert [(rating.line, rating.stars) for rating in folder.ratings()] == [(2, 4.0), (5, 2.0)]
        assert folder.rejected == []

    def test_a_last_line_without_an_end_counts(self, make_folder: MakeFolder) -> None:
        folder = make_folder()
        path = folder.path / "ratings.csv"
        path.write_bytes(path.read_bytes().rstrip(b"\n"))
        assert len(list(folder.ratings())) == 4
        assert folder.lines("ratings.csv") == 5

    @pytest.mark.parametrize("stars", ["0.5", "1", "1.5", "2.0", "5", "5.0"])
    def test_stars_from_a_half_to_five(self, make_folder: MakeFolder, stars: str) -> None:
        folder = make_folder(ratings=[f"1,1,{stars},964982703"])
        assert [rating.stars for rating in folder.ratings()] == [float(stars)]

    @pytest.mark.parametrize("moment", [757_382_400, 4_102_444_800])
    def test_times_from_1994_to_2099(self, make_folder: MakeFolder, moment: int) -> None:
        folder = make_folder(ratings=[f"1,1,4,{moment}"])
        assert [rating.timestamp for rating in folder.ratings()] == [moment]


BAD_ROWS = [
    # Of any file, here of ratings.csv, which has four columns.
    ("ratings", "1,1,4.0", "3 fields instead of 4"),
    ("ratings", "1,1,4.0,964982703,x", "5 fields instead of 4"),
    ("ratings", "nonsense", "1 fields instead of 4"),
    ("ratings", b"1,1,4.0,\xff", "not UTF-8"),
    ("ratings", b"1,1,4.0,\xed\xa0\x80", "not UTF-8"),
    ("ratings", "1,1,4.0,96498\x002703", "a control character"),
    ("ratings", "1,1,4.0\t,964982703", "a control character"),
    ("ratings", "1,1,4.0,964982703\r1,1,4.0,964982703", "a control character"),
    ("ratings", '1,1,4.0,"964982703', "not CSV (unexpected end of data)"),
    ("ratings", '1,1,4.0,"964982703"x', "not CSV (',' expected after '\"')"),
    ("ratings", "\ufeff", "0 fields instead of 4"),
    # Numbers.
    ("ratings", ",1,4.0,964982703", "userId '' is not a whole number from 1"),
    ("ratings", "0,1,4.0,964982703", "userId '0' is not a whole number from 1"),
    ("ratings", "-1,1,4.0,964982703", "userId '-1' is not a whole number from 1"),
    ("ratings", "1.0,1,4.0,964982703", "userId '1.0' is not a whole number from 1"),
    ("ratings", "٣,1,4.0,964982703", "userId '٣' is not a whole number from 1"),
    ("ratings", "1,2147483648,4.0,964982703", "movieId '2147483648' is not a whole number from 1"),
    ("ratings", f"1,{'9' * 5000},4.0,964982703", f"movieId '{'9' * 20}' is not a whole number from 1"),
    # Stars.
    ("ratings", "1,1,7,964982703", "rating '7' is not 0.5 to 5 in half steps"),
    ("ratings", "1,1,0,964982703", "rating '0' is not 0.5 to 5 in half steps"),
    ("ratings", "1,1,5.5,964982703", "rating '5.5' is not 0.5 to 5 in half steps"),
    ("ratings", "1,1,3.7,964982703", "rating '3.7' is not 0.5 to 5 in half steps"),
    ("ratings", "1,1,-4,964982703", "rating '-4' is not 0.5 to 5 in half steps"),
    ("ratings", "1,1,nan,964982703", "rating 'nan' is not 0.5 to 5 in half steps"),
    ("ratings", "1,1,inf,964982703", "rating 'inf' is not 0.5 to 5 in half steps"),
    ("ratings", "1,1,,964982703", "rating '' is not 0.5 to 5 in half steps"),
    ("ratings", "1,1,good,964982703", "rating 'good' is not 0.5 to 5 in half steps"),
    # Times.
    ("ratings", "1,1,4.0,", "timestamp '' is not a number of seconds"),
    ("ratings", "1,1,4.0,2000-07-30", "timestamp '2000-07-30' is not a number of seconds"),
    ("ratings", "1,1,4.0,964982703000", "timestamp '964982703000' is not a number of seconds"),
    ("ratings", "1,1,4.0,757382399", "timestamp 757382399 lies before 1994 or after 2099"),
    ("ratings", "1,1,4.0,4102444801", "timestamp 4102444801 lies before 1994 or after 2099"),
    ("ratings", "1,1,4.0,9999999999", "timestamp 9999999999 lies before 1994 or after 2099"),
    # The other files.
    ("movies", "9,,Drama", "the title is empty or too long"),
    ("movies", f"9,{'x' * 501},Drama", "the title is empty or too long"),
    ("movies", "nine,Nine (2009),Drama", "movieId 'nine' is not a whole number from 1"),
    ("movies", "9,Nine, the Film (2009),Drama", "4 fields instead of 3"),
    ("movies", '9,"Nine (2009),Drama', "not CSV (unexpected end of data)"),
    ("links", "9,0,zero", "tmdbId 'zero' is not a whole number from 1"),
    ("links", "9,0,0", "tmdbId '0' is not a whole number from 1"),
    ("links", ",0,862", "movieId '' is not a whole number from 1"),
]


def read_all(folder: Folder) -> int:
    return len([*folder.films(), *folder.tmdb_ids(), *folder.ratings()])


class TestBadRows:
    @pytest.mark.parametrize(("file", "row", "reason"), BAD_ROWS, ids=range(len(BAD_ROWS)))
    def test_a_bad_row_costs_itself_alone(
        self, make_folder: MakeFolder, file: str, row: str | bytes, reason: str
    ) -> None:
        good = {"movies": "5,Heat (1995),Action", "links": "5,0113277,949", "ratings": "3,1,4.0,964982703"}[file]
        folder = make_folder(**{file: [good, row, good]})
        only_good = make_folder("good", **{file: [good, good]})
        assert read_all(folder) == read_all(only_good)
        assert folder.rejected == [Rejected(f"{file}.csv", 3, reason)]
        assert only_good.rejected == []

    def test_all_are_listed_in_the_order_of_their_lines(self, make_folder: MakeFolder) -> None:
        folder = make_folder(ratings=["x", "1,1,4.0,964982703", "y,z", ""])
        assert len(list(folder.ratings())) == 1
        assert [(rejected.line, rejected.reason) for rejected in folder.rejected] == [
            (2, "1 fields instead of 4"),
            (4, "2 fields instead of 4"),
        ]


class TestFolder:
    def test_a_good_one_passes(self, make_folder: MakeFolder) -> None:
        make_folder().check()

    @pytest.mark.parametrize("name", ["movies.csv", "links.csv", "ratings.csv"])
    def test_a_missing_file_is_named(self, make_folder: MakeFolder, name: str) -> None:
        folder = make_folder()
        (folder.path / name).unlink()
        with pytest.raises(FolderError) as caught:
            folder.check()
        assert str(caught.value) == (
            f"{folder.path / name} cannot be read (No such file or directory); "
            "name a folder with movies.csv, links.csv, ratings.csv."
        )

    def test_a_missing_folder_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(FolderError, match=r"nowhere/movies\.csv cannot be read \(No such file or directory\)"):
            Folder(tmp_path / "nowhere").check()

    def test_a_file_in_its_place_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(FolderError, match=r"movies\.csv cannot be read \(Not a directory\)"):
            Folder(tmp_path / "file").check()

    def test_a_folder_in_a_files_place_is_named(self, make_folder: MakeFolder) -> None:
        folder = make_folder()
        (folder.path / "links.csv").unlink()
        (folder.path / "links.csv").mkdir()
        with pytest.raises(FolderError, match=r"links\.csv cannot be read \(Is a directory\)"):
            folder.check()

    @pytest.mark.parametrize(
        "start",
        [b"", b"\n", b"movieId,title\n", b"movieId;title;genres\n", b"1,Toy Story (1995),Comedy\n", b"\xff\xfe"],
    )
    def test_another_first_line_is_told_the_right_one(self, make_folder: MakeFolder, start: bytes) -> None:
        folder = make_folder()
        (folder.path / "movies.csv").write_bytes(start)
        with pytest.raises(FolderError) as caught:
            folder.check()
        assert str(caught.value) == f"{folder.path / 'movies.csv'} must start with the line movieId,title,genres."

    def test_a_byte_order_mark_is_fine(self, make_folder: MakeFolder) -> None:
        folder = make_folder()
        path = folder.path / "movies.csv"
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
        folder.check()
        assert len(list(folder.films())) == 4


class TestTakeApart:
    @pytest.mark.parametrize(
        ("text", "title", "original", "year"),
        [
            ("Toy Story (1995)", "Toy Story", None, 1995),
            ("Matrix, The (1999)", "The Matrix", None, 1999),
            ("Bug's Life, A (1998)", "A Bug's Life", None, 1998),
            ("Avventura, L' (Adventure, The) (1960)", "L'Avventura", "The Adventure", 1960),
            ("Shall We Dance? (Shall We Dansu?) (1996)", "Shall We Dance?", "Shall We Dansu?", 1996),
            (
                "City of Lost Children, The (Cité des enfants perdus, La) (1995)",
                "The City of Lost Children",
                "La Cité des enfants perdus",
                1995,
            ),
            ("Seven (a.k.a. Se7en) (1995)", "Seven", "Se7en", 1995),
            (
                "Girl with the Dragon Tattoo, The (a.k.a. Millennium) (Män som hatar kvinnor) (2009)",
                "The Girl with the Dragon Tattoo",
                "Män som hatar kvinnor",
                2009,
            ),
            ("Black Mirror", "Black Mirror", None, None),
            ("Fawlty Towers (1975-1979)", "Fawlty Towers", None, 1975),
            ("Big Bang Theory, The (2007-)", "The Big Bang Theory", None, 2007),
            ("Babylon 5", "Babylon 5", None, None),
            ("2001: A Space Odyssey (1968)", "2001: A Space Odyssey", None, 1968),
            ("(500) Days of Summer (2009)", "(500) Days of Summer", None, 2009),
            ("1984 (Nineteen Eighty-Four) (1984)", "1984", "Nineteen Eighty-Four", 1984),
            ("Crash (2004) ", "Crash", None, 2004),
            ("(1995)", "(1995)", None, 1995),
            ("The", "The", None, None),
            (", The (1999)", ", The", None, 1999),
        ],
    )
    def test_titles_as_movielens_writes_them(
        self, text: str, title: str, original: str | None, year: int | None
    ) -> None:
        assert take_apart(text) == (title, original, year)

    @given(st.text(max_size=60) | st.text("(),-. 19Thea.k\u2013", max_size=40))
    @example("((((((")
    @example("x " + "(a) " * 60)
    @example("(a) " * 120 + "(1999)")
    @example(" " * 500)
    @example("a, The, The, The (1999) (1999)")
    def test_any_text_has_a_title(self, text: str) -> None:
        title, original, year = take_apart(text)
        assert title or not text
        assert original is None or original
        assert year is None or 0 <= year <= 9999


@given(st.sampled_from(["movies.csv", "links.csv", "ratings.csv"]), st.binary(max_size=80))
@example("ratings.csv", b'"' * 79)
@example("movies.csv", b'1,"' + b"x" * 200_000 + b'",Drama')
@example("movies.csv", b"1," + b"(" * 400 + b",Drama")
def test_any_line_is_read_or_refused_with_a_value_error(name: str, raw: bytes) -> None:
    read = {"movies.csv": movielens_files._film, "links.csv": movielens_files._link}.get(name, movielens_files._rating)
    with suppress(ValueError):
        fields = movielens_files._fields(raw, len(movielens_files.COLUMNS[name]))
        assert len(fields) == len(movielens_files.COLUMNS[name])
        assert read(fields, 2) is not None


@pytest.mark.skipif(
    not SMALL.exists(), reason="ml-latest-small is not beside this repository; its licence keeps it out"
)
def test_the_real_small_set_is_read_whole() -> None:
    folder = Folder(SMALL)
    folder.check()
    films = list(folder.films())
    ratings = list(folder.ratings())
    assert (len(films), len(ratings), folder.rejected) == (9742, 100_836, [])
    assert len(dict(folder.tmdb_ids())) == 9734
    assert folder.rejected == []
    assert len({rating.user_id for rating in ratings}) == 610
