"""Details of films and series in the shapes that TMDB has and had."""

from __future__ import annotations

from typing import Any

import pytest

from apps.media.details import Credit, Details, Keyword, Offers, Provider, Translation, Video
from apps.media.errors import NotAtSource, SourceUnavailable
from apps.media.providers.demo.fields import ACCLAIM, SERVICES
from apps.media.providers.tmdb.parsing import full_title
from apps.media.providers.tmdb.parsing.vocabulary import SERVICE_CODES
from apps.media.titles import CatalogueTitle, FullTitle, MediaType
from tests.stand_ins.tmdb_bodies import ABSENT, aggregate_credits_body, credits_body, movie_body, tv_body

NOW = "2026-05-01T12:00:00.000Z"
OVERVIEW = "Two keepers of a lighthouse find a map that nobody drew."
OFFERS = {
    "SE": Offers(link="https://www.themoviedb.org/{}/watch?locale=SE", stream=(119,), ads=(300,)),
    "US": Offers(link="https://www.themoviedb.org/{}/watch?locale=US", stream=(1899, 8), rent=(2, 10), buy=(2,)),
}
CAST = (
    Credit(6384, "First Player", "Keeper", "/profile6384.jpg"),
    Credit(6385, "Second Player", "Watcher", "/profile6385.jpg"),
    Credit(2975, "Third Player", "Captain", "/profile2975.jpg"),
)


def film(*, languages: tuple[str, ...] = ("es", "fr", "de"), **changes: Any) -> FullTitle:
    return full_title("movie", movie_body(603, **changes), refreshed_at=NOW, languages=languages)


def series(**changes: Any) -> FullTitle:
    return full_title("tv", tv_body(1396, **changes), refreshed_at=NOW, languages=())


def details(full: FullTitle) -> Details:
    assert full.details is not None
    return full.details


class TestWhole:
    def test_a_film(self) -> None:
        full = film()
        assert full.facts == CatalogueTitle(
            "movie",
            603,
            "Film 603",
            "tmdb",
            original_title="Film 603",
            release_date="1999-03-31",
            genres=(28, 878),
            runtime=136,
            language="en",
            countries=("US",),
            makers=("Only Director",),
            cast=("First Player", "Second Player", "Third Player"),
            keywords=("artificial intelligence", "dystopia"),
            certification="R",
            acclaim=("criticallyAcclaimed", "blockbuster"),
            services=("hbo", "netflix", "SE/prime"),
            renown=5,
            overview=OVERVIEW,
            poster_path="/poster603.jpg",
            backdrop_path="/backdrop603.jpg",
            vote_average=8.2,
            vote_count=26_000,
            popularity=81.5,
            refreshed_at=NOW,
        )
        published = "2014-10-02T19:20:22.000Z"
        assert full.details == Details(
            tagline="Follow the light.",
            status="Released",
            homepage="https://example.org/film/603",
            imdb_id="tt0000603",
            cast=CAST,
            crew=(
                Credit(9340, "Only Director", "Director"),
                Credit(9341, "Only Writer", "Screenplay"),
                Credit(9342, "Only Composer", "Original Music Composer"),
            ),
            keywords=(Keyword(310, "artificial intelligence"), Keyword(4565, "dystopia")),
            videos=(
                Video("YouTube", "m8e-FF8MsqU", "Official Trailer", "Trailer", "en", True, published),
                Video("YouTube", "fantrailer1", "A Trailer by Fans", "Trailer", "en", False, published),
                Video("YouTube", "clipclip001", "A Clip", "Clip", "en", True, published),
            ),
            certifications={"DE": "16", "US": "R"},
            offers={code: _at(offers, "movie/603") for code, offers in OFFERS.items()},
            providers=(
                Provider(2, "Apple TV Store", "/logo2.jpg"),
                Provider(8, "Netflix", "/logo8.jpg"),
                Provider(10, "Amazon Video", "/logo10.jpg"),
                Provider(119, "Amazon Prime Video", "/logo119.jpg"),
                Provider(300, "Harbour Free", "/logo300.jpg"),
                Provider(1899, "HBO Max", "/logo1899.jpg"),
            ),
            alternative_titles=("Motion Picture 603", "Lichtfilm 603"),
        )
        assert full.translations == {
            "es": Translation("Obra 603", "Dos guardas.", "Sigue la luz."),
            "fr": Translation("Œuvre 603", "Deux gardiens.", ""),
        }

    def test_a_series(self) -> None:
        full = series()
        facts = full.facts
        assert (facts.key, facts.title, facts.release_date) == (("tv", 1396), "Series 1396", "2008-01-20")
        assert (facts.genres, facts.runtime, facts.certification) == ((18, 10765), 56, "TV-MA")
        assert (facts.makers, facts.cast[0]) == (("Maker One",), "First Player")
        assert facts.keywords == ("lighthouse", "artificial intelligence")
        assert (facts.acclaim, facts.renown) == (("criticallyAcclaimed",), 5)
        assert (details(full).seasons, details(full).episodes) == (5, 62)
        assert details(full).cast == CAST
        assert [credit.role for credit in details(full).crew[:2]] == ["Director", "Creator"]
        assert [keyword.name for keyword in details(full).keywords] == ["Lighthouse", "artificial intelligence"]
        assert details(full).certifications == {"DE": "16", "US": "TV-MA"}
        assert details(full).alternative_titles == ("Lichtserie 1396",)

    def test_the_same_people_with_the_credits_of_one_season(self) -> None:
        of_season = series(aggregate_credits=ABSENT, credits=credits_body())
        assert of_season == series()
        both = series(aggregate_credits=aggregate_credits_body(), credits={"cast": [], "crew": []})
        assert both == series()

    def test_only_a_number_and_a_name(self) -> None:
        full = full_title("movie", {"id": 1, "title": "Lone"}, refreshed_at=NOW, languages=("es",))
        assert full == FullTitle(CatalogueTitle("movie", 1, "Lone", "tmdb", refreshed_at=NOW), Details(), {})


def _at(offers: Offers, path: str) -> Offers:
    assert offers.link is not None
    return Offers(offers.link.format(path), offers.stream, offers.free, offers.ads, offers.rent, offers.buy)


class TestRefused:
    @pytest.mark.parametrize("body", [None, [], "text", 7, True, [movie_body()]])
    def test_what_is_no_object(self, body: Any) -> None:
        with pytest.raises(SourceUnavailable, match=r"^TMDB answered details as .*, where an object belongs\.$"):
            full_title("movie", body, refreshed_at=NOW, languages=())

    @pytest.mark.parametrize(
        "media_id", [ABSENT, None, 0, -1, True, 1.5, 2_000_000_000, 2**53, "", "x", "0", [603], "9" * 5000]
    )
    def test_no_number(self, media_id: Any) -> None:
        with pytest.raises(SourceUnavailable, match="without a usable id and name"):
            film(id=media_id)

    @pytest.mark.parametrize("name", [ABSENT, None, "", " \n", 1917, ["x"], "\u202e"])
    def test_no_name(self, name: Any) -> None:
        with pytest.raises(SourceUnavailable, match="without a usable id and name"):
            film(title=name, original_title=name)

    def test_a_series_that_is_a_film(self) -> None:
        with pytest.raises(SourceUnavailable, match=r"details \(tv\)"):
            full_title("tv", movie_body(), refreshed_at=NOW, languages=())

    @pytest.mark.parametrize("adult", [True, 1, "true"])
    def test_a_title_for_adults_only(self, adult: Any) -> None:
        with pytest.raises(NotAtSource, match="movie 603"):
            film(adult=adult)

    @pytest.mark.parametrize("adult", [False, None, 0, "false", [True], ABSENT])
    def test_no_title_for_adults_only(self, adult: Any) -> None:
        assert film(adult=adult) == film()


class TestOtherAges:
    """What TMDB did otherwise at some time, or may do."""

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("id", "603"), ("id", 603.0), ("runtime", "136"), ("runtime", 136.0), ("vote_average", "8.2"),
            ("vote_count", "26000"), ("popularity", "81.5"), ("revenue", "463000000"), ("title", "  Film\n603 "),
            ("release_date", "1999-03-31T00:00:00.000Z"), ("original_language", "en-US"), ("imdb_id", None),
            ("origin_country", ABSENT), ("production_countries", ABSENT), ("budget", ["new"]), ("brand_new", {"a": 1}),
        ],
    )  # fmt: skip
    def test_the_same_film(self, field: str, value: Any) -> None:
        assert film(**{field: value}) == film()

    def test_numbers_of_genres_instead_of_objects(self) -> None:
        assert film(genres=ABSENT, genre_ids=[28, "878", 28, 99999, 10759]).facts.genres == (28, 878)

    @pytest.mark.parametrize("original", [ABSENT, None])
    def test_no_original_title(self, original: Any) -> None:
        assert film(original_title=original).facts.original_title is None

    def test_only_an_original_title(self) -> None:
        assert film(title="", original_title="灯台").facts.title == "灯台"

    @pytest.mark.parametrize(
        ("runtimes", "last", "expected"),
        [([45, 60], 56, 45), ([0, 60], 56, 60), ([], 56, 56), (ABSENT, 56, 56), (None, "56", 56), ([None], None, None)],
    )
    def test_the_length_of_an_episode(self, runtimes: Any, last: Any, expected: int | None) -> None:
        full = series(episode_run_time=runtimes, last_episode_to_air={"runtime": last})
        assert full.facts.runtime == expected

    def test_no_episode_yet(self) -> None:
        assert series(last_episode_to_air=None).facts.runtime is None

    def test_videos_without_a_mark_of_being_official(self) -> None:
        video = {"key": "abcdefg", "site": "Vimeo", "name": "V", "type": "Trailer",
                 "published_at": "2014-10-02 19:20:22 UTC"}  # fmt: skip
        (found,) = details(film(videos={"results": [video]})).videos
        assert found == Video("Vimeo", "abcdefg", "V", "Trailer", None, False, "2014-10-02T19:20:22.000Z")

    @pytest.mark.parametrize("nothing", [None, [], {}, "", 0, False, {"results": None}, {"cast": None}, ABSENT])
    def test_parts_that_are_empty(self, nothing: Any) -> None:
        parts = ("credits", "keywords", "videos", "release_dates", "watch/providers", "alternative_titles",
                 "translations", "external_ids", "genres", "origin_country", "production_countries")  # fmt: skip
        full = film(**dict.fromkeys(parts, nothing))
        assert (full.facts.cast, full.facts.makers, full.facts.services, full.facts.genres) == ((), (), (), ())
        assert (full.facts.certification, full.facts.countries, full.translations) == (None, (), {})
        assert details(full) == Details("Follow the light.", "Released", "https://example.org/film/603", "tt0000603")


class TestFacts:
    @pytest.mark.parametrize("average", [11, -1, "many", None, True, float("nan"), float("inf"), 10**400, [8]])
    def test_absurd_means_count_as_unknown(self, average: Any) -> None:
        facts = film(vote_average=average).facts
        assert (facts.vote_average, facts.acclaim) == (0.0, ("blockbuster",))

    @pytest.mark.parametrize(
        ("value", "expected"),
        [(81.56789, 81.5679), (5e-324, 0.0), (-0.0, 0.0), (7, 7.0), (10**6, 1e6), (1_000_001, 0.0), ("1e3", 0.0)],
    )
    def test_figures_to_four_places(self, value: Any, expected: float) -> None:
        popularity = film(popularity=value).facts.popularity
        assert str(popularity) == str(expected)

    @pytest.mark.parametrize("votes", [-1, 10**12, 1.5, None, True, "1e3", "-7"])
    def test_absurd_votes_count_as_none(self, votes: Any) -> None:
        facts = film(vote_count=votes).facts
        assert (facts.vote_count, facts.renown) == (0, None)

    @pytest.mark.parametrize("path", ["poster.jpg", "//evil.example/x.jpg", "/../x.jpg", "/x.exe", "/x.jpg?y", "", 7,
                                      "https://evil.example/x.jpg", "/a/b.jpg", "/x.jpg\n"])  # fmt: skip
    def test_other_paths_of_pictures(self, path: Any) -> None:
        facts = film(poster_path=path, backdrop_path=path).facts
        assert (facts.poster_path, facts.backdrop_path) == (None, None)

    @pytest.mark.parametrize(
        "day", ["", None, "1999", "1999-02-30", "0000-00-00", "9999-12-31", 19990331, "31/03/1999"]
    )
    def test_other_dates(self, day: Any) -> None:
        assert film(release_date=day).facts.release_date is None

    @pytest.mark.parametrize("language", ["xx", "EN", "english", "", None, 7])
    def test_other_languages(self, language: Any) -> None:
        assert film(original_language=language).facts.language is None

    def test_countries_of_production_where_no_origin_is_told(self) -> None:
        produced = [{"iso_3166_1": code} for code in ("GB", "US", "GB", "England", None)]
        assert film(origin_country=[], production_countries=produced).facts.countries == ("GB", "US")
        assert film(origin_country=["FR", "fr", 7], production_countries=produced).facts.countries == ("FR",)

    @pytest.mark.parametrize(
        ("media_type", "votes", "expected"),
        [
            ("movie", 0, None), ("movie", 1, 1), ("movie", 75, 2), ("movie", 499, 2), ("movie", 500, 3),
            ("movie", 2_500, 4), ("movie", 10_000, 5), ("tv", 29, 1), ("tv", 30, 2), ("tv", 1_000, 4), ("tv", 4_000, 5),
        ],
    )  # fmt: skip
    def test_renown(self, media_type: MediaType, votes: int, expected: int | None) -> None:
        body = {"id": 1, "title": "x", "name": "x", "vote_count": votes}
        assert full_title(media_type, body, refreshed_at=NOW, languages=()).facts.renown == expected

    def test_the_recommenders_words_come_beside_at_most_sixty_keywords(self) -> None:
        names = ["alien", *(f"word {i}" for i in range(100))]
        found = film(keywords={"keywords": [{"id": i, "name": name} for i, name in enumerate(names, start=1)]})
        assert len(details(found).keywords) == 60
        assert found.facts.keywords == ("alien", *names[1:60], "aliens")

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"vote_average": 7.5, "vote_count": 500}, {"criticallyAcclaimed", "underrated"}),
            ({"vote_average": 7.4, "vote_count": 500}, {"underrated"}),
            ({"vote_average": 7.4, "vote_count": 1_500}, set()),
            ({"vote_average": 9.9, "vote_count": 49}, set()),
            ({"vote_average": 5, "revenue": 200_000_000}, {"blockbuster"}),
            ({"vote_average": 5, "keywords": {"keywords": [{"id": 1, "name": "Cult Film"}]}}, {"cultClassic"}),
        ],
    )
    def test_acclaim(self, changes: dict[str, Any], expected: set[str]) -> None:
        found = film(**{"revenue": 0, **changes}).facts.acclaim
        assert set(found) == expected
        assert set(found) <= ACCLAIM

    def test_keywords_in_the_recommenders_words(self) -> None:
        names = ["Based on Novel or Book", "plot twist", "surprise ending", "spy"]
        found = film(keywords={"keywords": [{"id": i, "name": name} for i, name in enumerate(names, start=1)]})
        assert found.facts.keywords == (
            "based on novel or book", "plot twist", "surprise ending", "spy", "based on novel", "twist ending",
        )  # fmt: skip
        assert [keyword.name for keyword in details(found).keywords] == names


class TestServices:
    def test_every_code_has_a_provider(self) -> None:
        assert set(SERVICE_CODES.values()) == SERVICES

    def test_only_what_costs_nothing_more(self) -> None:
        def provider(number: int) -> dict[str, Any]:
            return {"provider_id": number, "provider_name": str(number)}

        told = {
            "US": {"rent": [provider(8)], "buy": [provider(15)], "free": [provider(350)], "ads": [provider(386)]},
            "GB": {"flatrate": [provider(9), provider(119), provider(1825)]},
        }
        found = film(**{"watch/providers": {"results": told}})
        assert found.facts.services == ("apple", "peacock", "GB/prime")

    def test_the_most_important_come_first(self) -> None:
        told = [
            {"provider_id": number, "provider_name": "P", "display_priority": priority}
            for number, priority in ((1, 10), (2, "9"), (3, None), (4, 0), (5, -1))
        ]
        found = film(**{"watch/providers": {"results": {"US": {"rent": told}}}})
        assert details(found).offers["US"].rent == (4, 2, 1, 3, 5)

    def test_bad_countries_and_providers_are_left_out(self) -> None:
        good = {"provider_id": 8, "provider_name": "Netflix"}
        told = {
            "US": {"flatrate": [None, {"provider_id": True}, {"provider_id": 9}, good, good], "link": "javascript:x"},
            "usa": {"flatrate": [good]},
            "DE": ["no object"],
            "FR": {"flatrate": "none", "link": "https://example.org/"},
        }
        found = details(film(**{"watch/providers": {"results": told}}))
        assert found.offers == {"US": Offers(stream=(8,))}
        assert found.providers == (Provider(8, "Netflix"),)


class TestCertifications:
    @pytest.mark.parametrize(
        ("releases", "expected"),
        [
            ([("", 3), ("PG", 4)], "PG"),
            ([("R", 5), ("PG-13", 3)], "PG-13"),
            ([("NC-17", 1), ("R", 2)], "R"),
            ([("NR", 3), ("R", 5)], "R"),
            ([("NR", 3)], "NR"),
            ([("R", "3"), ("PG", 2)], "R"),
            ([("R", None), ("PG", 99)], "R"),
            ([(None, 3), (7, 3)], None),
        ],
    )
    def test_the_one_of_a_film(self, releases: list[tuple[Any, Any]], expected: str | None) -> None:
        told = [{"certification": name, "type": kind} for name, kind in releases]
        body = {"results": [{"iso_3166_1": "US", "release_dates": told}]}
        assert film(release_dates=body).facts.certification == expected

    def test_the_one_of_a_series(self) -> None:
        told = [("US", ""), ("US", "NR"), ("US", "TV-14"), ("US", "TV-MA"), ("us", "G"), (None, "G")]
        body = {"results": [{"iso_3166_1": code, "rating": rating} for code, rating in told]}
        assert details(series(content_ratings=body)).certifications == {"US": "TV-14"}


class TestCredits:
    def test_the_cast_by_its_order_and_without_doubles(self) -> None:
        cast = [
            {"id": 3, "name": "Last", "character": "C"},
            {"id": 2, "name": "Second", "character": "B", "order": "1"},
            {"id": 1, "name": "First", "character": "A", "order": 0},
            {"id": 1, "name": "First", "character": "A", "order": 5},
            {"id": 1, "name": "First", "character": "A's Twin", "order": 6},
            {"id": 4, "name": "Adult", "adult": True, "order": 2},
            {"id": 5, "order": 2}, {"name": "No Number", "order": 2}, {"id": 10**12, "name": "Ours", "order": 2}, "x",
        ]  # fmt: skip
        found = film(credits={"cast": cast})
        assert [(credit.person_id, credit.role) for credit in details(found).cast] == [
            (1, "A"), (2, "B"), (1, "A's Twin"), (3, "C"),
        ]  # fmt: skip
        assert found.facts.cast == ("First", "Second", "Last")

    def test_at_most_forty(self) -> None:
        cast = [{"id": i, "name": f"P {i}", "order": i} for i in range(1, 60)]
        found = film(credits={"cast": cast, "crew": [{**entry, "job": "Producer"} for entry in cast]})
        assert [credit.person_id for credit in details(found).cast] == list(range(1, 41))
        assert len(details(found).crew) == 40
        assert len(found.facts.cast) == 10

    def test_directors_stand_first_and_are_the_makers(self) -> None:
        crew = [{"id": 1, "name": "P", "job": "Producer"}, {"id": 2, "name": "D", "job": "Director"},
                {"id": 2, "name": "D", "job": "Writer"}, {"id": 3, "name": "E", "job": "Director"}]  # fmt: skip
        found = film(credits={"crew": crew})
        assert found.facts.makers == ("D", "E")
        assert [(credit.name, credit.role) for credit in details(found).crew] == [
            ("D", "Director"), ("E", "Director"), ("D", "Writer"), ("P", "Producer"),
        ]  # fmt: skip


class TestTexts:
    def test_lengths(self) -> None:
        full = film(title="t" * 1000, overview="o " * 5000, tagline="g" * 1000, status="s" * 100)
        assert (len(full.facts.title), len(full.facts.overview)) == (300, 1999)
        assert (len(details(full).tagline), details(full).status) == (300, "s" * 40)

    @pytest.mark.parametrize(
        "homepage",
        [
            "javascript:alert(1)", "ftp://x.org", "https://u@evil.example/", "https://", "//x.org", "https://x.org/ y",
            'https://x.org/"', "https://x.org/" + "y" * 300, "", None, 7,
        ],
    )  # fmt: skip
    def test_other_addresses(self, homepage: Any) -> None:
        assert details(film(homepage=homepage)).homepage is None

    @pytest.mark.parametrize(
        "homepage", ["http://x.org", "https://x.org:8080/a?b=c#d", "https://höhle.example/Ü?q=%20"]
    )
    def test_addresses(self, homepage: str) -> None:
        assert details(film(homepage=homepage)).homepage == homepage

    def test_alternative_titles_without_the_title_itself(self) -> None:
        names = [("AZ", "Film 603"), ("AZ", "A"), ("US", "U"), ("GB", "G"), ("AZ", "A"), ("AZ", ""), ("AZ", None)]
        told = [{"iso_3166_1": code, "title": name} for code, name in names]
        assert details(film(alternative_titles={"titles": told})).alternative_titles == ("U", "G", "A")

    @pytest.mark.parametrize("key", ["", "a b", "../x", "x" * 21, "abcd", 12345, None, "ab\ncdef"])
    def test_videos_with_other_keys_or_from_elsewhere(self, key: Any) -> None:
        told = [{"site": "YouTube", "key": key}, {"site": "youtube", "key": "abcdefg"}, {"site": [], "key": "abcdefg"}]
        assert details(film(videos={"results": told})).videos == ()

    @pytest.mark.parametrize(
        "moment", ["", None, 7, "2014-10-02T99:99:99Z", "2014-13-02T00:00:00Z", "2014-10-02T soon"]
    )
    def test_videos_of_other_times(self, moment: Any) -> None:
        (found,) = details(
            film(videos={"results": [{"site": "YouTube", "key": "abcdefg", "published_at": moment}]})
        ).videos
        assert found.published_at is None

    def test_translations_that_translate_nothing(self) -> None:
        told = [{"iso_639_1": "es", "iso_3166_1": "ES", "data": {"title": "", "overview": None}},
                {"iso_639_1": "fr", "data": "none"}, {"iso_639_1": "de"}, 7]  # fmt: skip
        assert film(translations={"translations": told}).translations == {}
