import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.media.posters.lettering import (
    BREAKING_SIZE,
    SIZES,
    clusters,
    fit,
    is_right_to_left,
    shorten,
    width,
    wrap,
)
from apps.media.text import clean

ROOM, HEIGHT = 424.0, 236.0
shown = st.text(st.characters(exclude_categories=[]), min_size=1, max_size=200).map(clean).filter(bool)


def test_a_short_title_is_set_largest() -> None:
    assert fit("Alien", room=ROOM, height=HEIGHT).lines == ("Alien",)
    assert fit("Alien", room=ROOM, height=HEIGHT).size == SIZES[0]


def test_lines_break_between_words_and_are_balanced() -> None:
    setting = fit("Once Upon a Time in the West", room=ROOM, height=HEIGHT)
    assert " ".join(setting.lines) == "Once Upon a Time in the West"
    widths = [width(line, setting.size) for line in setting.lines]
    assert max(widths) <= ROOM
    assert min(widths) > max(widths) / 2


def test_a_long_word_makes_the_size_smaller_before_it_is_broken() -> None:
    setting = fit("Eternal Sunshine of the Spotless Mind", room=ROOM, height=HEIGHT)
    assert " ".join(setting.lines) == "Eternal Sunshine of the Spotless Mind"
    broken = fit("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk", room=ROOM, height=HEIGHT)
    assert broken.size <= BREAKING_SIZE
    assert "".join(broken.lines) == "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"


def test_what_fits_at_no_size_ends_in_an_ellipsis() -> None:
    setting = fit("word " * 200, room=ROOM, height=HEIGHT)
    assert setting.size == SIZES[-1]
    assert setting.lines[-1].endswith("…")
    assert "".join(setting.lines).count("…") == 1


def test_japanese_breaks_anywhere_but_before_its_closing_marks() -> None:
    lines = wrap("ゴジラー、ゴジラー、ゴジラー", 60, 260)
    assert "".join(lines) == "ゴジラー、ゴジラー、ゴジラー"
    assert len(lines) > 1
    assert not any(line[0] in "ー、" for line in lines)


def test_letters_keep_their_marks() -> None:
    assert clusters("e\u0301a") == ["e\u0301", "a"]
    assert clusters("👩\u200d👧x") == ["👩\u200d👧", "x"]
    assert clusters("👍🏽!") == ["👍🏽", "!"]


@pytest.mark.parametrize(
    ("text", "backwards"),
    [("جدایی نادر از سیمین", True), ("1 שמש", True), ("Alien שמש", False), ("42", False), ("", False)],
)
def test_direction(text: str, backwards: bool) -> None:
    assert is_right_to_left(text) is backwards


def test_shorten_keeps_what_fits() -> None:
    assert shorten("Joel Coen", 17, 300) == "Joel Coen"
    cut = shorten("Joel Coen and a great many others who made it", 17, 200)
    assert cut.endswith("…")
    assert width(cut, 17) <= 200
    assert "Joel Coen and a great many others".startswith(cut[:-1])


@given(shown)
def test_any_text_fits_its_box_and_loses_nothing_but_its_end(text: str) -> None:
    setting = fit(text, room=ROOM, height=HEIGHT)
    assert setting.height <= HEIGHT
    assert all(width(line, setting.size) <= ROOM or len(clusters(line)) == 1 for line in setting.lines)
    assert all(setting.lines)
    written, wanted = "".join(setting.lines).replace(" ", ""), text.replace(" ", "")
    assert written == wanted or (written.endswith("…") and wanted.startswith(written[:-1].rstrip("…")))
