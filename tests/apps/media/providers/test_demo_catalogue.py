import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from apps.media.errors import CatalogueError
from apps.media.genres import GENRES
from apps.media.providers.demo import DemoCatalogue
from apps.media.titles import CatalogueTitle

ENTRY: dict[str, Any] = {
    "type": "movie",
    "id": 603,
    "title": "The Matrix",
    "original_title": None,
    "date": "1999-03-31",
    "genres": [28, 878],
    "runtime": 136,
    "language": "en",
    "countries": ["US"],
    "makers": ["Lana Wachowski"],
    "cast": ["Keanu Reeves"],
    "keywords": ["dystopia"],
    "certification": "R",
    "acclaim": ["awardWinning"],
    "services": [],
    "renown": 5,
    "overview": "A programmer wakes up.",
}


def write(folder: Path, *entries: Any) -> DemoCatalogue:
    (folder / "films.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    return DemoCatalogue(folder)


@pytest.fixture(scope="module")
def shipped() -> list[CatalogueTitle]:
    return list(DemoCatalogue().titles())


def test_a_line_becomes_a_title(tmp_path: Path) -> None:
    assert list(write(tmp_path, ENTRY).titles()) == [
        CatalogueTitle(
            media_type="movie",
            media_id=603,
            title="The Matrix",
            source="demo",
            release_date="1999-03-31",
            genres=(28, 878),
            runtime=136,
            language="en",
            countries=("US",),
            makers=("Lana Wachowski",),
            cast=("Keanu Reeves",),
            keywords=("dystopia",),
            certification="R",
            acclaim=("awardWinning",),
            renown=5,
            overview="A programmer wakes up.",
        )
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("type", "film"),
        ("type", ["movie"]),
        ("id", 0),
        ("id", True),
        ("id", "603"),
        ("id", 2**53),
        ("title", ""),
        ("title", " x"),
        ("title", "a\u202eb"),
        ("original_title", ""),
        ("date", "1999-3-31"),
        ("date", "1999-02-30"),
        ("date", None),
        ("genres", []),
        ("genres", [28, 28]),
        ("genres", [10759]),
        ("genres", [1]),
        ("genres", [28.0]),
        ("runtime", 0),
        ("runtime", 95.5),
        ("language", "eng"),
        ("countries", ["us"]),
        ("countries", []),
        ("makers", []),
        ("cast", "Keanu Reeves"),
        ("keywords", ["Dystopia"]),
        ("certification", "18"),
        ("acclaim", ["good"]),
        ("services", ["cinema"]),
        ("renown", 6),
        ("overview", "\n"),
    ],
)
def test_a_wrong_line_is_named_by_file_line_and_field(tmp_path: Path, field: str, value: Any) -> None:
    catalogue = write(tmp_path, ENTRY, {**ENTRY, "id": 604, field: value})
    with pytest.raises(CatalogueError, match=rf"^films\.jsonl, line 2: {field}: "):
        list(catalogue.titles())


def test_a_missing_or_surplus_key_is_refused(tmp_path: Path) -> None:
    for entry in ({**ENTRY, "extra": 1}, {k: v for k, v in ENTRY.items() if k != "cast"}, [ENTRY]):
        with pytest.raises(CatalogueError, match=r"^films\.jsonl, line 1: the line must be an object with exactly"):
            list(write(tmp_path, entry).titles())


def test_text_that_is_not_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "films.jsonl").write_text("{\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"^films\.jsonl, line 1: not JSON"):
        list(DemoCatalogue(tmp_path).titles())


def test_a_repeated_title_is_refused_and_both_places_are_named(tmp_path: Path) -> None:
    catalogue = write(tmp_path, ENTRY, {**ENTRY, "type": "tv", "genres": [18]}, ENTRY)
    with pytest.raises(CatalogueError, match=r"^films\.jsonl, line 3: id: .* films\.jsonl, line 1;"):
        list(catalogue.titles())


def test_the_version_changes_with_the_files(tmp_path: Path) -> None:
    before = write(tmp_path, ENTRY).version()
    assert write(tmp_path, ENTRY).version() == before
    assert write(tmp_path, {**ENTRY, "renown": 4}).version() != before


def test_the_shipped_catalogue_is_large_and_varied(shipped: list[CatalogueTitle]) -> None:
    assert len(shipped) >= 400
    for media_type, names in GENRES.items():
        ours = [title for title in shipped if title.media_type == media_type]
        foreign = sum(title.language != "en" for title in ours)
        assert len(ours) >= 100
        assert foreign / len(ours) >= 0.2
        assert len({genre for title in ours for genre in title.genres}) >= len(names) - 3
    renown = Counter(title.renown for title in shipped)
    assert renown[5] <= len(shipped) / 4
    assert renown[1] + renown[2] >= len(shipped) / 5


def test_every_shipped_overview_has_25_to_55_words_of_its_own(shipped: list[CatalogueTitle]) -> None:
    lengths = {title.title: len(title.overview.split()) for title in shipped}
    assert {title: words for title, words in lengths.items() if not 25 <= words <= 55} == {}
    assert len({title.overview for title in shipped}) == len(shipped)


def test_every_shipped_title_has_the_facts_that_cards_and_filters_need(shipped: list[CatalogueTitle]) -> None:
    for title in shipped:
        assert 5 <= len(title.keywords) <= 9, title.title
        assert title.cast or 99 in title.genres or 16 in title.genres or 10764 in title.genres, title.title
        assert "1880" < (title.release_date or "") < "2027", title.title
        assert (title.certification or "").startswith("TV-") <= (title.media_type == "tv"), title.title
