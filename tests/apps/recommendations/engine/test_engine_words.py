"""Names as a part of a sentence."""

import pytest

from apps.recommendations.engine.words import listed


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["Alien"], "Alien"),
        (["Alien", "Heat"], "Alien and Heat"),
        (["Alien", "Heat", "Solaris"], "Alien, Heat and Solaris"),
        (["Harold and Maude"], "Harold and Maude"),
        (["Harold and Maude", "Alien"], "Harold and Maude, and Alien"),
        (["aliens", "dark and moody", "space"], "aliens, dark and moody, and space"),
        (["Andrei Rublev", "Alexander Sand"], "Andrei Rublev and Alexander Sand"),
    ],
)
def test_names_are_told_apart(names: list[str], sentence: str) -> None:
    assert listed(names) == sentence
