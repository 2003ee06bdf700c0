"""`manage.py import_movielens DIR` as the operator sees it."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.ops.imports.movielens_files import Folder

MakeFolder = Callable[..., Folder]
NEXT = "Next: manage.py train_recommender. To look at one viewer after that: manage.py recommend movielens-1"
STEPS = [
    "  Reading the files",
    "  Looking at the catalogue",
    "  Writing films",
    "  Writing ratings",
    "  Working out popular and trending titles",
]


def run(folder: Path) -> list[str]:
    output = StringIO()
    call_command("import_movielens", str(folder), stdout=output)
    return output.getvalue().splitlines()


def test_it_tells_its_steps_and_what_it_did(tables: None, make_folder: MakeFolder) -> None:
    assert run(make_folder().path) == [*STEPS, "Imported 4 films and 4 ratings.", NEXT]


def test_the_second_time_it_says_that_all_is_there(tables: None, make_folder: MakeFolder) -> None:
    folder = make_folder().path
    run(folder)
    assert run(folder) == ["  Reading the files", "These 4 films and their ratings are imported already."]


def test_films_that_were_merged_are_counted(tables: None, make_folder: MakeFolder) -> None:
    lines = run(make_folder(links=["1,0,862", "2,0,862"]).path)
    assert "Imported 3 films (1 listed twice under one TMDB number) and 4 ratings." in lines


def test_bad_rows_are_listed_by_file_and_line(tables: None, make_folder: MakeFolder) -> None:
    folder = make_folder(movies=["1,Toy Story (1995),Comedy", "x"], ratings=["1,1,9,964982703", "1,1,4,964982703", "y"])
    lines = run(folder.path)
    start = lines.index("Imported 1 films and 1 ratings.")
    assert lines[start + 1 :] == [
        "3 rows could not be used: 1 of movies.csv, 2 of ratings.csv",
        "  movies.csv line 3: 1 fields instead of 3",
        "  ratings.csv line 2: rating '9' is not 0.5 to 5 in half steps",
        "  ratings.csv line 4: 1 fields instead of 4",
        NEXT,
    ]


def test_very_many_bad_rows_are_listed_in_a_file(
    tables: None, make_folder: MakeFolder, settings: Any, tmp_path: Path
) -> None:
    settings.STATE_DIR = tmp_path / "state"
    lines = run(make_folder(ratings=["x"] * 1200).path)
    listed = tmp_path / "state" / "import_movielens_rejected.csv"
    assert "1,200 rows could not be used: 1,200 of ratings.csv" in lines
    assert f"  … and 1,180 more: all are listed in {listed}." in lines
    assert len([line for line in lines if line.startswith("  ratings.csv line ")]) == 20
    found = listed.read_text().splitlines()
    assert (len(found), found[0], found[-1]) == (
        1200,
        "ratings.csv,2,1 fields instead of 4",
        "ratings.csv,1201,1 fields instead of 4",
    )


@pytest.mark.parametrize("name", ["movies.csv", "links.csv", "ratings.csv"])
def test_a_folder_without_a_file_ends_in_one_sentence(tables: None, make_folder: MakeFolder, name: str) -> None:
    folder = make_folder().path
    (folder / name).unlink()
    with pytest.raises(CommandError) as caught:
        run(folder)
    assert str(caught.value) == (
        f"{folder / name} cannot be read (No such file or directory); "
        "name a folder with movies.csv, links.csv, ratings.csv."
    )
