"""Small MovieLens folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from apps.ops.imports.movielens_files import Folder

HEADERS = {
    "movies": "movieId,title,genres",
    "links": "movieId,imdbId,tmdbId",
    "ratings": "userId,movieId,rating,timestamp",
}
GOOD = {
    "movies": [
        "1,Toy Story (1995),Adventure|Animation|Children|Comedy|Fantasy",
        '2,"City of Lost Children, The (Cité des enfants perdus, La) (1995)",Adventure|Fantasy|IMAX',
        "3,Laura (1944),Film-Noir|Mystery",
        "4,Paterson,(no genres listed)",
    ],
    "links": ["1,0114709,862", "2,0112682,902", "3,0037008,1939", "4,5247022,"],
    "ratings": ["1,1,4.0,964982703", "1,3,0.5,964981247", "2,1,5.0,1445714835", "2,4,3.5,1445714840"],
}

MakeFolder = Callable[..., Folder]


@pytest.fixture
def make_folder(tmp_path: Path) -> MakeFolder:
    """Writes a folder of good rows, in which the named files have other rows (texts or bytes) behind their header."""

    def make(name: str = "ml", **rows: list[str | bytes]) -> Folder:
        path = tmp_path / name
        path.mkdir()
        for file, header in HEADERS.items():
            lines = [header, *rows.get(file, GOOD[file])]
            raw = [line if isinstance(line, bytes) else line.encode() for line in lines]
            (path / f"{file}.csv").write_bytes(b"\n".join(raw) + b"\n")
        return Folder(path)

    return make
