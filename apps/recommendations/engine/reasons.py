"""Why a title is recommended: the terms of its rank score, put into words.

A person's own titles are named only where their terms are the largest of the sum and weigh more than everything that
content and popularity add; else the facts that match are told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .answers import Reason, Verb
from .artifact import Model
from .facts import genres_of
from .history import Known
from .scoring import Scored
from .signals import Signal
from .titles import Title, normalise
from .vocabulary import GENRE_NAMES

MOST_REASONS = 3
_MOST_NAMED = 3
_MOST_SHARED = 3
_WORTH_NAMING = 0.4  # of the largest term
_WORTH_SAYING = 0.15  # of the strongest reason


@dataclass(slots=True)
class _Terms:
    """One title's terms from each of the person's titles: (term, place in the model, verb)."""

    trained: list[tuple[float, int, Verb]] = field(default_factory=list)
    content: list[tuple[float, int, Verb]] = field(default_factory=list)


def explain(
    model: Model, picks: Sequence[int], scored: Scored, known: Sequence[Known], signals: Sequence[Signal]
) -> list[tuple[Reason, ...]]:
    """For each of `picks`, one to three reasons, strongest first."""
    terms = _terms(model, set(picks), scored, known)
    return [_explain_one(model, i, terms[i], scored, signals) for i in picks]


def _terms(model: Model, picks: set[int], scored: Scored, known: Sequence[Known]) -> dict[int, _Terms]:
    terms = {i: _Terms() for i in picks}
    weights = scored.weights
    for one in known:
        if scored.rows is not None and weights.personal:
            for j, weight in scored.rows.among(one.index, picks):
                term = weights.personal * one.weight * weight
                terms[j].trained.append((term, one.index, one.verb))
        for j, similarity in model.content_among(one.index, picks):
            term = weights.content * one.weight * similarity
            terms[j].content.append((term, one.index, one.verb))
    return terms


def _explain_one(model: Model, i: int, terms: _Terms, scored: Scored, signals: Sequence[Signal]) -> tuple[Reason, ...]:
    weights, standing = scored.weights, model.standing
    fame = weights.fame * standing.fame[i]
    quality = weights.quality * standing.quality[i]
    content = sum(term for term, _, _ in terms.content)
    reasons = list(_taste_reasons(model, i, scored, signals))
    reasons += _own_titles(model, terms.trained, rival=max(content, fame + quality, 0.0))
    reasons += _alike(model, i, terms.content, rival=max(fame + quality, 0.0))
    reasons += _opinion(model, i, fame, quality)
    reasons.sort(key=lambda reason: (-reason.weight, reason.kind, reason.text))
    strong = [r for r in reasons if r.weight >= _WORTH_SAYING * reasons[0].weight]
    return tuple(strong[:MOST_REASONS]) or (_plain(model.titles[i]),)


def _taste_reasons(model: Model, i: int, scored: Scored, signals: Sequence[Signal]) -> Iterable[Reason]:
    facts, title = model.facts.of[i], model.titles[i]
    said: set[str] = set()
    for signal in signals:
        matched = sum(weight for fact, weight in signal.facts.items() if fact in facts)
        sentence = signal.sentence(title.media_type)
        if matched > 0 and sentence and sentence not in said:
            said.add(sentence)
            yield Reason(signal.kind, sentence, scored.weights.taste * matched)


def _named(terms: Sequence[tuple[float, int, Verb]]) -> list[tuple[float, int, Verb]]:
    """The largest positive terms: those not far below the largest, as long as one verb fits them all."""
    ranked = sorted((term for term in terms if term[0] > 0), key=lambda term: (-term[0], term[1]))
    named: list[tuple[float, int, Verb]] = []
    for term in ranked[:_MOST_NAMED]:
        if term[0] < _WORTH_NAMING * ranked[0][0] or term[2] != ranked[0][2]:
            break
        named.append(term)
    return named


def _own_titles(model: Model, terms: Sequence[tuple[float, int, Verb]], rival: float) -> Iterable[Reason]:
    named = _named(terms)
    weight = sum(term for term, _, _ in named)
    if named and weight > rival:
        names = _listed([model.titles[j].title for _, j, _ in named])
        text = {
            "liked": f"Because you liked {names}",
            "rated": f"Because you rated {names} highly",
            "saved": f"Because {names} {'is' if len(named) == 1 else 'are'} on your watchlist",
        }[named[0][2]]
        keys = tuple(model.titles[j].key for _, j, _ in named)
        yield Reason("because_liked", text, weight, keys)


def _alike(model: Model, i: int, terms: Sequence[tuple[float, int, Verb]], rival: float) -> Iterable[Reason]:
    """What the title shares with the most similar of the person's own."""
    nearest = next(iter(_named(terms)), None)
    if nearest is None or nearest[0] <= rival:
        return
    weight, j, verb = nearest
    shared = _shared(model, i, j)
    if shared:
        other = model.titles[j]
        ending = {
            "liked": "which you liked",
            "rated": "which you rated highly",
            "saved": "which is on your watchlist",
        }[verb]
        text = f"Shares {_listed(shared)} with {other.title}, {ending}"
        yield Reason("similar", text, weight, (other.key,))


def _shared(model: Model, i: int, j: int) -> list[str]:
    """What two titles share, by name: makers, then keywords, cast and genres, each the rarest first."""
    facts = model.facts
    common = facts.of[i] & facts.of[j]
    names = _names(model.titles[i])
    kinds = ("maker", "keyword", "cast", "genre")
    ordered = sorted(
        (kinds.index(kind), len(facts.titles_with(fact)), fact)
        for fact in common
        if (kind := fact.partition(":")[0]) in kinds and fact in names
    )
    return [names[fact] for _, _, fact in ordered[:_MOST_SHARED]]


def _names(title: Title) -> dict[str, str]:
    """Each content fact of the title as people write it."""
    names = {f"maker:{normalise(name)}": name for name in title.makers}
    names |= {f"cast:{normalise(name)}": name for name in title.cast}
    names |= {f"keyword:{keyword.casefold()}": keyword for keyword in title.keywords}
    names |= {f"genre:{genre}": GENRE_NAMES[genre] for genre in genres_of(title) if genre in GENRE_NAMES}
    return names


def _opinion(model: Model, i: int, fame: float, quality: float) -> Iterable[Reason]:
    standing = model.standing
    if fame > 0:
        if standing.lately and i in standing.trending:
            yield Reason("popular", "Popular with viewers right now", fame)
        elif standing.fame[i] > 1:
            yield Reason("popular", "Widely watched", fame)
        else:
            yield Reason("popular", "Better known than most titles here", fame)
    if quality > 0:
        text = "Rated very highly by viewers" if i in standing.praised else "Rated above average by viewers"
        yield Reason("acclaim", text, quality)


def _plain(title: Title) -> Reason:
    noun = "series" if title.media_type == "tv" else "film"
    return Reason("discovery", f"A {noun} you may not have come across", 0.0)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
