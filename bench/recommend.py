"""How fast a recommendation is, against a naive item-cosine scorer on the same data in the same run.

Run: python bench/recommend.py [titles] [likes]

Both contenders answer the same requests in turns; the last lines print the median and the 99th percentile of the
engine's times as ratios to the naive scorer's. Absolute times depend on the machine and its other work.
"""

import gc
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from apps.recommendations.engine.answers import Liked, Request
from apps.recommendations.engine.artifact import Model, Operator, Trained
from apps.recommendations.engine.recommend import recommend
from apps.recommendations.engine.rows import Rows
from apps.recommendations.engine.taste import Taste
from apps.recommendations.engine.titles import Title

NEIGHBOURS = 200
CONTENT_NEIGHBOURS = 50
NAIVE = "naive item cosine"
ROUNDS = 7
REQUESTS = 30
GENRES = (28, 12, 16, 35, 80, 99, 18, 10751, 14, 36, 27, 10402, 9648, 10749, 878, 53, 10752, 37)
TASTE = {
    "favoriteGenres": [878, 18],
    "dislikedGenres": [27],
    "moodPreferences": ["exciting", "thoughtful"],
    "eraPreferences": ["modern", "recent"],
    "dealBreakers": ["jumpScares"],
}


def synthetic_title(n: int, chance: random.Random) -> Title:
    """A title with as many facts as a real one has."""
    return Title(
        media_type="movie", media_id=n, title=f"Title {n}", original_title=None, overview="", poster_path=None,
        backdrop_path=None, release_date=f"{chance.randint(1930, 2025)}-01-01",
        genres=tuple(chance.sample(GENRES, chance.randint(1, 3))), runtime=chance.randint(70, 190),
        language=chance.choice(("en", "en", "fr", "ja")), countries=(), makers=(f"Maker {chance.randint(0, 3000)}",),
        cast=tuple(f"Player {chance.randint(0, 5000)}" for _ in range(4)),
        keywords=tuple(f"keyword {int(chance.paretovariate(0.6)) % 2000}" for _ in range(7)),
        certification=chance.choice(("PG", "PG-13", "R")), acclaim=(), services=(),
        vote_average=chance.uniform(4, 9), vote_count=int(chance.paretovariate(0.7) * 10),
        popularity=chance.paretovariate(0.8),
    )  # fmt: skip


def synthetic_rows(titles: int, entries: int, chance: random.Random) -> Rows:
    """Random neighbours, some of them negative, as many in each row as training keeps."""
    columns: list[int] = []
    values: list[int] = []
    for _ in range(titles):
        columns += chance.sample(range(titles), entries)
        values += sorted((chance.randint(-40, 127) for _ in range(entries)), key=abs, reverse=True)
    starts = list(range(0, len(columns) + 1, entries))
    return Rows(starts, [0.001] * titles, columns, values)


def synthetic_model(count: int, chance: random.Random) -> Model:
    """A trained model of `count` titles."""
    titles = [synthetic_title(n, chance) for n in range(count)]
    likes = [min(50_000.0, chance.paretovariate(0.7)) for _ in titles]
    trained = Trained(
        operators=[Operator(None, synthetic_rows(count, NEIGHBOURS, chance))],
        content=synthetic_rows(count, CONTENT_NEIGHBOURS, chance),
        likes=likes,
        recent=likes,
    )
    return Model(titles, "synthetic", trained)


def naive_scorer(model: Model) -> Callable[[Sequence[int], int], list[int]]:
    """Item cosine as it is often written: a dictionary of dictionaries, and a full sort."""
    similar = {i: dict(model.neighbours(i)) for i in range(len(model.titles))}

    def answer(history: Sequence[int], limit: int) -> list[int]:
        scores: dict[int, float] = {}
        for i in history:
            for j, weight in similar[i].items():
                if j not in history:
                    scores[j] = scores.get(j, 0.0) + weight
        return sorted(scores, key=lambda j: scores[j], reverse=True)[:limit]

    return answer


def timed(call: Callable[[], object]) -> float:
    """Seconds that `call` took."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of `values` lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main(count: int, likes: int) -> None:
    """Build the model, time both contenders in turns, and print the ratios."""
    chance = random.Random(1)
    model = synthetic_model(count, chance)
    naive = naive_scorer(model)
    histories = [chance.sample(range(count), likes) for _ in range(REQUESTS)]
    contenders: dict[str, Callable[[Sequence[int]], object]] = {
        NAIVE: lambda history: naive(history, 9),
        "engine": lambda history: recommend(model, _request(model, history, {})),
        "engine with a questionnaire": lambda history: recommend(model, _request(model, history, TASTE)),
    }
    gc.collect()
    gc.freeze()  # as a server should after loading: else a full collection over the model lands in some requests
    for history in histories[:3]:
        for call in contenders.values():
            call(history)
    medians: dict[str, list[float]] = {name: [] for name in contenders}
    tails: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        times: dict[str, list[float]] = {name: [] for name in contenders}
        for history in histories:
            for name, call in contenders.items():
                times[name].append(timed(partial(call, history)))
        for name, values in times.items():
            medians[name].append(percentile(values, 0.50))
            tails[name].append(percentile(values, 0.99))
    print(f"{count} titles, {likes} likes, {ROUNDS} rounds of {REQUESTS} requests")
    for name in contenders:
        p50 = statistics.median(a / b for a, b in zip(medians[name], medians[NAIVE], strict=True))
        p99 = statistics.median(a / b for a, b in zip(tails[name], tails[NAIVE], strict=True))
        print(
            f"{name:28s} p50 {statistics.median(medians[name]) * 1000:6.2f} ms (ratio {p50:.2f})   "
            f"p99 {statistics.median(tails[name]) * 1000:6.2f} ms (ratio {p99:.2f})"
        )


def _request(model: Model, history: Sequence[int], preferences: dict[str, object]) -> Request:
    liked = [Liked(model.titles[i].key, 1.0, "liked") for i in history]
    return Request(Taste.from_preferences(preferences), liked, frozenset(), "both", 9)


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*(given + [10_000, 100][len(given) :]))
