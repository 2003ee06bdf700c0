import re
from itertools import product
from random import Random
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.media.genres import GENRES
from apps.media.posters import motifs, poster_svg
from apps.media.posters.palettes import NEUTRAL, PALETTES, contrast, pick_scheme, schemes
from apps.media.text import clean
from apps.media.titles import CatalogueTitle

SVG = "{http://www.w3.org/2000/svg}"
any_text = st.text(st.characters(exclude_categories=[]), max_size=120)


def film(media_id: int = 603, **facts: Any) -> CatalogueTitle:
    defaults: dict[str, Any] = {"media_type": "movie", "title": "The Matrix", "source": "demo"}
    return CatalogueTitle(media_id=media_id, **{**defaults, **facts})


def parse(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314  (our own drawing)


def texts(svg: str) -> list[str]:
    return ["".join(element.itertext()) for element in parse(svg).iter(f"{SVG}text")]


def test_an_accessible_image_of_the_right_size() -> None:
    root = parse(poster_svg(film(release_date="1999-03-31", genres=(28, 878))))
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("500", "750", "0 0 500 750")
    assert root.get("role") == "img"
    name = root.find(f"{SVG}title")
    assert name is not None
    assert root.get("aria-labelledby") == name.get("id")
    assert name.text == "The Matrix (1999)"


def test_the_words_of_a_film() -> None:
    words = texts(poster_svg(film(release_date="1999-03-31", genres=(28, 878), makers=("Lana Wachowski", "Lilly"))))
    assert sorted(words) == ["1999", "ACTION", "Lana Wachowski", "The Matrix"]


def test_the_words_of_a_series_and_of_a_title_without_facts() -> None:
    series = film(media_type="tv", title="Dark", genres=(10765, 9648), release_date="2017")
    assert sorted(texts(poster_svg(series))) == ["2017", "Dark", "SCI-FI & FANTASY SERIES"]
    assert sorted(texts(poster_svg(film(title="\x00 \u202e")))) == ["FILM", "Untitled"]


def test_markup_in_a_title_is_text() -> None:
    svg = poster_svg(film(title='</text><script>"&', makers=("<b>",)))
    root = parse(svg)
    assert root.find(f".//{SVG}script") is None
    assert root.findtext(f"{SVG}title") == '</text><script>"&'


def test_titles_from_the_right_stand_at_the_right() -> None:
    svg = poster_svg(film(title="جدایی نادر از سیمین"))
    (title,) = [element for element in parse(svg).iter(f"{SVG}text") if element.get("direction") == "rtl"]
    assert {span.get("x") for span in title} == {"462"}


def test_nothing_is_fetched_and_nothing_runs() -> None:
    for genre in PALETTES:
        svg = poster_svg(film(genres=(genre,)))
        assert not re.search(r"href|url\(|<style|<script|<image|@import|\son\w+=", svg)


def test_the_same_title_has_the_same_poster_and_others_have_others() -> None:
    assert poster_svg(film(genres=(18,))) == poster_svg(film(genres=(18,)))
    posters = {poster_svg(film(number, title="Same", genres=(18,))) for number in range(200)}
    assert len(posters) > 190
    assert poster_svg(film(5, genres=(18,))) != poster_svg(film(5, media_type="tv", genres=(18,)))


def test_every_genre_has_colours_and_drawings() -> None:
    for names in GENRES.values():
        for genre in names.keys() - {10770, 10763, 10764, 10766, 10767}:
            assert genre in PALETTES
            assert genre in motifs.BY_GENRE


@pytest.mark.parametrize("palette", [NEUTRAL, *(palette for own in PALETTES.values() for palette in own)])
def test_words_are_legible_in_every_scheme(palette: Any) -> None:
    for scheme in schemes(palette):
        assert contrast(scheme.ground, scheme.ink) >= 4.5
        assert scheme.shapes[0] != scheme.field


def test_words_stay_legible_when_another_genre_lends_its_colour() -> None:
    for first, second in product(PALETTES, repeat=2):
        for seed in range(6):
            scheme = pick_scheme((first, second), Random(seed))  # noqa: S311  (the dice of a drawing guard nothing)
            assert contrast(scheme.ground, scheme.ink) >= 4.5


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


@pytest.mark.parametrize("motif", motifs.ALL)
def test_every_drawing_is_small_and_well_formed_in_every_box(motif: motifs.Motif) -> None:
    for seed, (width, height) in product(range(8), ((500, 380), (424, 300), (500, 560), (424, 560))):
        dice = Random(seed)  # noqa: S311  (the dice of a drawing guard nothing)
        sketch = motifs.Sketch(width, height, "#000000", ("#111111", "#222222", "#333333", "#444444"), dice)
        drawing = "".join(motif(sketch))
        root = parse(f'<svg xmlns="http://www.w3.org/2000/svg">{drawing}</svg>')
        assert len(root) > 1
        assert len(drawing) < 40_000
        assert "nan" not in drawing
        assert 'r="-' not in drawing


@given(any_text, st.lists(any_text, max_size=2), st.none() | any_text, st.integers(0, 2**53))
def test_any_facts_make_a_well_formed_poster(title: str, makers: list[str], date: str | None, media_id: int) -> None:
    svg = poster_svg(film(media_id, title=title, makers=tuple(makers), release_date=date, genres=(18, 4711)))
    shown = parse(svg.encode()).findtext(f"{SVG}title")
    assert shown is not None
    assert shown.startswith(clean(title) or "Untitled")
