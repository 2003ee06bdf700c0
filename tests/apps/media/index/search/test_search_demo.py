"""Queries as people type and mistype them, over the demo catalogue."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.media.index.search import Document, Search
from apps.media.index.search.text import plain

FIRST = {
    "godfater": "The Godfather",
    "teh godfather": "The Godfather",
    "god father part 2": "The Godfather Part II",
    "shawshenk redemtion": "The Shawshank Redemption",
    "fihgt clbu": "Fight Club",
    "good fellas": "Goodfellas",
    "seven": "Se7en",
    "sixt sense": "The Sixth Sense",
    "die hrad": "Die Hard",
    "hard die": "Die Hard",
    "phantom menece": "Star Wars: Episode I - The Phantom Menace",
    "starwars": "Star Wars",
    "empire strike back": "The Empire Strikes Back",
    "ground hog day": "Groundhog Day",
    "big lebowsky": "The Big Lebowski",
    "la confidental": "L.A. Confidential",
    "xmen": "X-Men",
    "chrouching tiger hiden dragon": "Crouching Tiger, Hidden Dragon",
    "amelie": "Amélie",
    "leon": "Léon: The Professional",
    "y tu mama tambien": "Y tu mamá también",
    "oceans 11": "Ocean's Eleven",
    "felowship of the ring": "The Lord of the Rings: The Fellowship of the Ring",
    "lord of rings": "The Lord of the Rings: The Fellowship of the Ring",
    "pirates of the carribean": "Pirates of the Caribbean: The Curse of the Black Pearl",
    "kill bil 1": "Kill Bill: Vol. 1",
    "spotless mind eternal sunshine": "Eternal Sunshine of the Spotless Mind",
    "wallace and gromit": "Wallace & Gromit: The Curse of the Were-Rabbit",
    "walle": "WALL·E",
    "the dark nite": "The Dark Knight",
    "intersteller": "Interstellar",
    "inceptoin": "Inception",
    "bladerunner 2049": "Blade Runner 2049",
    "spiderman": "Spider-Man: Into the Spider-Verse",
    "alien 1979": "Alien",
    "alians": "Aliens",
    "fargo 1996": "Fargo",
    "fargo 2014": "Fargo",
    "(1960) psyco": "Psycho",
    "e.t.": "E.T. the Extra-Terrestrial",
    "2001 space oddysey": "2001: A Space Odyssey",
    "twelve angry men": "12 Angry Men",
    "dr strangelov": "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb",
    "singing in the rain": "Singin' in the Rain",
    "boot": "Das Boot",
    "dolce vita": "La Dolce Vita",
    "mad max 2": "Mad Max 2",
    "сталкер": "Stalker",
    "сталке": "Stalker",
    "となりのトト": "My Neighbor Totoro",
    "올드보": "Oldboy",
    "千尋": "Spirited Away",
    "東京物語": "Tokyo Story",
    "lev\u0131athan": "Leviathan",
    "bronenosets potemkin": "Battleship Potemkin",
    "jwas": "Jaws",
    "m": "M",
    "simsons": "The Simpsons",
    "braking bad": "Breaking Bad",
    "game of trones": "Game of Thrones",
    "the office": "The Office",
    "fhe wire": "The Wire",
    "bojack horsman": "BoJack Horseman",
    "1883": "1883",
    "reply 1988": "Reply 1988",
    "alien movie": "Alien",
    "four hundred blows": "The 400 Blows",
}
TITLES = frozenset(("movie", "tv"))


@pytest.fixture(scope="module")
def search(demo_documents: list[Document], searched: Callable[..., Search]) -> Search:
    return searched(demo_documents)


@pytest.mark.parametrize(("query", "title"), FIRST.items())
def test_the_title_that_was_meant_is_first(
    demo_documents: list[Document], search: Search, query: str, title: str
) -> None:
    hit = search.find(query, kinds=TITLES, limit=5)[0]
    assert demo_documents[hit.place].names[0] == title
    assert hit.sure


@pytest.mark.parametrize(("query", "kind"), [("fargo 1996", "movie"), ("fargo 2014", "tv"), ("fargo (2014)", "tv")])
def test_a_year_tells_two_of_one_name_apart(
    demo_documents: list[Document], search: Search, query: str, kind: str
) -> None:
    first, second = search.find(query, kinds=TITLES, limit=2)
    assert demo_documents[first.place].kind == kind
    assert demo_documents[second.place].names[0] == "Fargo"


def test_a_title_is_found_while_it_is_typed(demo_documents: list[Document], search: Search) -> None:
    whole = "the empire strikes back"
    for typed in range(len("the emp"), len(whole) + 1):
        hit = search.find(whole[:typed], kinds=TITLES, limit=1)[0]
        assert demo_documents[hit.place].names[0] == "The Empire Strikes Back", whole[:typed]


def test_a_letter_finds_the_best_known_titles_with_a_word_that_begins_with_it(
    demo_documents: list[Document], search: Search
) -> None:
    hits = search.find("t", kinds=TITLES, limit=5)
    assert [demo_documents[hit.place].fame for hit in hits] == [1.0] * 5
    assert all(" t" in f" {demo_documents[hit.place].names[0].casefold()}" for hit in hits)


def test_a_letter_finds_nothing_but_words_that_begin_with_it(demo_documents: list[Document], search: Search) -> None:
    hits = search.find("a", kinds=TITLES, limit=20)
    assert len(hits) == 20
    assert all(" a" in f" {plain(' '.join(demo_documents[hit.place].names))}" for hit in hits)


@pytest.mark.parametrize(
    ("query", "left_out"),
    [("up", "Pulp Fiction"), ("inception", "Pulp Fiction"), ("xyz", "X-Men"), ("godfather", "Local Hero")],
)
def test_names_with_hardly_a_letter_in_common_are_left_out(
    demo_documents: list[Document], search: Search, query: str, left_out: str
) -> None:
    found = [demo_documents[hit.place].names[0] for hit in search.find(query, kinds=TITLES, limit=40)]
    assert left_out not in found


@pytest.mark.parametrize(
    ("query", "title"), [("进击的巨人", "Attack on Titan"), ("千与千寻的神隐少女", "Spirited Away")]
)
def test_a_name_in_a_script_without_spaces_is_found_by_few_of_its_letters(
    demo_documents: list[Document], search: Search, query: str, title: str
) -> None:
    hit = search.find(query, kinds=TITLES, limit=1)[0]
    assert demo_documents[hit.place].names[0] == title


@pytest.mark.parametrize("query", ["qwrtzpsdf", "xylophone quartet", "zzzz", "9999999"])
def test_what_is_like_no_name_is_not_sure(search: Search, query: str) -> None:
    assert not any(hit.sure for hit in search.find(query, kinds=TITLES, limit=5))


@pytest.mark.parametrize("query", ["", "   ", "!?…", "😀", "\u200f\u202e", "\x00"])
def test_nothing_is_found_without_letters_or_digits(search: Search, query: str) -> None:
    assert search.find(query, kinds=TITLES, limit=5) == []
