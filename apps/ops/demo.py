"""Fills a local installation with the demo: catalogue, viewers, figures, lists, and accounts to sign in with."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings

from apps.accounts.directory import directory
from apps.accounts.services import create_confirmed_account
from apps.lists import services as lists
from apps.media.providers.demo import DemoCatalogue
from apps.media.providers.interface import CatalogueProvider
from apps.media.selectors import all_titles
from apps.media.services import store_titles
from apps.media.titles import CatalogueTitle, Figures, TitleKey
from apps.ops.demo_viewers import FIRST_VIEWER, VIEWERS, Viewer, demo_viewers, interactions
from apps.ops.errors import NotLocal
from apps.ops.statistics import refresh_statistics, tally
from apps.preferences import selectors as stored_preferences
from apps.preferences import services as preferences
from movierec.dynamo.data_table import DataRow
from movierec.progress import Steps, counted
from movierec.secret_files import read_or_create

CATALOGUE: Final = DemoCatalogue()
EMAIL: Final = "demo@example.com"
# Staff who enter the admin, by their groups; their password is the demo's.
STAFF: Final[Mapping[str, str]] = {"ops": "ops@example.com", "support": "support@example.com"}
JOB: Final = "JOB#load_demo"
# Raised when the viewers, the lists or the accounts are made otherwise, so that installations load the demo anew.
EDITION: Final = 3

# What the first viewer would answer.
PREFERENCES: Final[Mapping[str, Any]] = {
    "favoriteGenres": [878, 53, 9648],
    "genreRatings": {"878": 10, "53": 8, "9648": 7, "10749": 3},
    "moodPreferences": ["thoughtful", "exciting"],
    "watchingContext": ["alone", "friends"],
    "watchingTime": ["evenings", "weekends"],
    "eraPreferences": ["modern", "recent"],
    "languagePreferences": ["any"],
    "subgenrePreferences": ["dystopian", "cyberpunk", "psychological"],
    "aestheticPreferences": ["visuallyStunning", "darkMoody"],
    "storyStructurePreferences": ["nonlinear", "twist"],
    "characterPreferences": ["complexProtagonist"],
    "criticalAcclaimPreferences": ["criticallyAcclaimed", "cultClassic"],
    "contentDiscoveryPreference": ["hiddenGems"],
    "contentType": "both",
    "runtimePreference": "any",
    "internationalContentPreference": "veryOpen",
    "favoriteContent": "Interstellar, Blade Runner",
    "favoritePeople": {"actors": [], "directors": ["Christopher Nolan", "Ridley Scott"]},
    "questionnaireCompleted": True,
}


def refuse_outside_local() -> None:
    """Raises NotLocal unless this is a local installation."""
    if not settings.LOCAL:
        raise NotLocal(f"The demo is for MOVIEREC_ENV=local; this is {settings.MOVIEREC_ENV}, so nothing was loaded.")


def ensure_demo_loaded(output: Any, *, catalogue: CatalogueProvider = CATALOGUE, viewers: int = VIEWERS) -> bool:
    """Loads the demo unless this edition of it is there, which one read tells; answers whether it loaded.

    A load that was stopped is done again from its beginning: every row replaces its own, save titles that a source
    outside has described since. Raises NotLocal outside
    local, and CatalogueError when the demo's files are broken.
    """
    refuse_outside_local()
    edition = f"{EDITION}-{catalogue.version()}"
    if DataRow.get_row(JOB, edition, consistent=True) is not None:
        return False
    titles = list(catalogue.titles())
    output.write(f"Loading the demo: {len(titles)} films and series, and {viewers} invented viewers.")
    with Steps(output) as steps:
        _load(titles, viewers, datetime.now(UTC), steps)
    DataRow(JOB, edition).save()
    return True


def _load(titles: Sequence[CatalogueTitle], count: int, now: datetime, steps: Steps) -> None:
    steps.show("Storing titles", 0.0)
    adopted = {title.key for title in all_titles() if title.refreshed_at is not None}
    new = [title for title in titles if title.key not in adopted]
    stored = counted(new, step="Storing titles", total=len(new), steps=steps, start=0.0, end=0.05)
    _finish(store_titles(stored))
    viewers = list(demo_viewers(titles, now=now, count=count))
    _store_lists(titles, viewers, tally(interactions(viewers), now), steps)
    _store_ratings(viewers, steps)
    steps.show("Counting likes and building the lists", 0.9)
    refresh_statistics(now)
    steps.show("Making the demo accounts", 0.97)
    _make_account()
    _make_staff()


def _finish(batches: Iterator[int]) -> None:
    for _ in batches:
        pass


def _store_ratings(viewers: Sequence[Viewer], steps: Steps) -> None:
    rows = [
        lists.RatingRow(viewer.user_id, key, stars, moment)
        for viewer in viewers
        for key, stars, moment in viewer.ratings
    ]
    _finish(
        lists.put_ratings(
            counted(rows, step="Storing ratings", total=len(rows), steps=steps, start=0.25, end=0.9),
        )
    )


def _store_lists(
    titles: Sequence[CatalogueTitle], viewers: Sequence[Viewer], figures: Mapping[TitleKey, Figures], steps: Steps
) -> None:
    shown = {title.key: _display(title, figures.get(title.key)) for title in titles}
    steps.show("Storing favourites and watchlists", 0.05)
    favourites = (
        lists.FavouriteRow(viewer.user_id, key, moment, shown[key])
        for viewer in viewers
        for key, moment in viewer.favourites
    )
    _finish(lists.put_favourites(favourites))
    steps.show("Storing favourites and watchlists", 0.15)
    watchlists = (
        lists.FavouriteRow(viewer.user_id, key, moment, shown[key])
        for viewer in viewers
        for key, moment in viewer.watchlist
    )
    _finish(lists.put_watchlist(watchlists))


def _display(title: CatalogueTitle, figures: Figures | None) -> lists.Display:
    return lists.Display(
        title=title.title,
        release_date=title.release_date,
        vote_average=figures.vote_average if figures else None,
        overview=title.overview,
    )


def _make_account() -> None:
    """The first viewer's account; answers to the questionnaire that are there already stay."""
    create_confirmed_account(EMAIL, _password(), FIRST_VIEWER, replace_password=True)
    if stored_preferences.stored(FIRST_VIEWER) is None:
        preferences.save(FIRST_VIEWER, dict(PREFERENCES))


def _make_staff() -> None:
    """One member of each group."""
    for group, email in STAFF.items():
        user_id = create_confirmed_account(email, _password(), f"demo-{group}", replace_password=True)
        directory().add_to_group(user_id, group)


def _password() -> str:
    path = settings.STATE_DIR / "keys" / "demo_password"
    return read_or_create(path, lambda: secrets.token_urlsafe(12).encode()).decode()


def what_to_try(address: str) -> str:
    """The lines that a local server prints: where to look, and how to sign in. `address` has no slash at its end."""
    return (
        f"  Start at              {address}/\n"
        f"  Try every endpoint    {address}/docs\n"
        f"  Sign in               {address}/auth/signin\n"
        f"  as                    {EMAIL}\n"
        f"  with the password     {_password()}\n"
        f"  Run it                {address}/ops\n"
        f"  as                    {' or '.join(STAFF.values())}, with the same password\n"
    )
