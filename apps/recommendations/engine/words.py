"""What titles are about and who made them, as people write it."""

from collections.abc import Sequence
from typing import Final

from .artifact import Model
from .facts import genres_of
from .titles import Title, normalise
from .vocabulary import GENRE_NAMES

_MOST_SHARED: Final = 3
_KINDS: Final = ("maker", "keyword", "cast", "genre")


def listed(names: Sequence[str]) -> str:
    """At least one name as a part of a sentence: "A", "A and B", "A, B and C".

    A comma tells "Harold and Maude, and Alien" from three names.
    """
    if len(names) == 1:
        return names[0]
    last = ", and" if any(" and " in name for name in names) else " and"
    return f"{', '.join(names[:-1])}{last} {names[-1]}"


def shared_names(model: Model, title: Title, other: Title) -> list[str]:
    """What two titles share: makers, then keywords, cast and genres, each the rarest in the model first."""
    names = _names(other)
    common = names.keys() & _names(title).keys()
    ordered = sorted(common, key=lambda f: (_KINDS.index(f.partition(":")[0]), len(model.facts.titles_with(f)), f))
    return [names[fact] for fact in ordered[:_MOST_SHARED]]


def _names(title: Title) -> dict[str, str]:
    """Each content fact of the title with its name."""
    names = {f"maker:{normalise(name)}": name for name in title.makers}
    names |= {f"cast:{normalise(name)}": name for name in title.cast}
    names |= {f"keyword:{keyword.casefold()}": keyword for keyword in title.keywords}
    names |= {f"genre:{genre}": GENRE_NAMES[genre] for genre in genres_of(title) if genre in GENRE_NAMES}
    return names
