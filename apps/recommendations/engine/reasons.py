"""Why a title is recommended: the terms of its rank score, put into words.

A person's own titles are named only where their terms are the largest of the sum and weigh more than everything that
content and popularity add; else the facts that match are told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum

from .answers import Reason, Verb
from .artifact import Model
from .history import Known
from .novelty import Novelty
from .phrases import BECAUSE, WHICH
from .scoring import Scored
from .signals import Signal
from .titles import Title
from .words import listed, shared_names

MOST_REASONS = 3
_MOST_NAMED = 3
_WORTH_NAMING = 0.4  # of the largest term
_WORTH_SAYING = 0.15  # of the strongest reason

# Part of the score, place in the model of the person's title it is from, what they did with it.
Term = tuple[float, int, Verb | None]


@dataclass(slots=True)
class Terms:
    """One title's terms from each of the person's titles."""

    trained: list[Term] = field(default_factory=list)
    content: list[Term] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Explained:
    """One to three reasons, strongest first, and the parts of the score they are told from."""

    reasons: tuple[Reason, ...]
    parts: Mapping[str, float]


def explain(
    model: Model, places: Sequence[int], scored: Scored, novelty: Novelty, signals: Sequence[Signal]
) -> list[Explained]:
    """Why each of the titles at `places` is recommended; the parts of each sum to its rank score."""
    terms = terms_of(model, places, scored)
    explained = []
    for i in places:
        parts = _parts(model, i, terms[i], scored, novelty, signals)
        explained.append(Explained(_reasons(model, i, terms[i], parts, scored, signals), parts))
    return explained


def terms_of(model: Model, places: Iterable[int], scored: Scored) -> dict[int, Terms]:
    """For each of `places`, what each of the person's titles adds to its score."""
    picks, evidence = list(places), scored.evidence
    trained, content = _trained_terms(picks, scored), _content_terms(model, picks, scored)
    return {
        i: Terms(
            [(trained[i][one.index], one.index, _verb(one)) for one in evidence.known if one.index in trained[i]],
            [(content[i][one.index], one.index, _verb(one)) for one in evidence.known if one.index in content[i]],
        )
        for i in picks
    }


def _verb(one: Known) -> Verb | None:
    """None for a title the person dislikes: it can add to a score, but is no reason that can be told."""
    return one.verb if one.weight > 0 else None


def _trained_terms(picks: Sequence[int], scored: Scored) -> dict[int, dict[int, float]]:
    """By pick and title of the person: its part of the trained weights' sum, and of the factors' product."""
    weights, evidence = scored.weights, scored.evidence
    found: dict[int, dict[int, float]] = {i: {} for i in picks}
    if evidence.rows is None or not weights.personal:
        return found
    wanted = set(picks)
    for one in evidence.known:
        for j, weight in evidence.rows.among(one.index, wanted, evidence.most):
            found[j][one.index] = weights.personal * one.weight * weight
    if evidence.factors is not None and weights.factors:
        sources = [(one.index, one.weight) for one in evidence.known]
        for terms, added in zip(found.values(), evidence.factors.terms(found, sources), strict=True):
            for (index, _), term in zip(sources, added, strict=True):
                terms[index] = terms.get(index, 0.0) + weights.factors * term
    return found


def _content_terms(model: Model, picks: Sequence[int], scored: Scored) -> dict[int, dict[int, float]]:
    weights, evidence = scored.weights, scored.evidence
    found: dict[int, dict[int, float]] = {i: {} for i in picks}
    wanted = set(picks)
    for one in evidence.known:
        for j, similarity in model.content_among(one.index, wanted, evidence.most_alike):
            found[j][one.index] = weights.content * one.weight * similarity
    return found


def _parts(
    model: Model, i: int, terms: Terms, scored: Scored, novelty: Novelty, signals: Sequence[Signal]
) -> dict[str, float]:
    weights, standing, facts = scored.weights, model.standing, model.facts.of[i]
    return {
        "personal": fsum(term for term, _, _ in terms.trained),
        "content": fsum(term for term, _, _ in terms.content),
        "fame": weights.fame * standing.fame[i],
        "quality": weights.quality * standing.quality[i],
        "taste": weights.taste * fsum(signal.points(facts) for signal in signals),
        "novelty": novelty.part(standing.fame[i]),
    }


def _reasons(
    model: Model, i: int, terms: Terms, parts: Mapping[str, float], scored: Scored, signals: Sequence[Signal]
) -> tuple[Reason, ...]:
    fame = parts["fame"] + parts["novelty"]
    opinion = fame + parts["quality"]
    reasons = list(_taste_reasons(model, i, scored, signals))
    if parts["personal"] > 0:
        reasons += _own_titles(model, terms.trained, rival=max(parts["content"], opinion, 0.0))
    reasons += _alike(model, i, terms.content, rival=max(opinion, 0.0))
    reasons += _opinion(model, i, fame, parts["quality"])
    reasons.sort(key=lambda reason: (-reason.weight, reason.kind, reason.text))
    strong = [r for r in reasons if r.weight >= _WORTH_SAYING * reasons[0].weight]
    return tuple(strong[:MOST_REASONS]) or (_plain(model.titles[i]),)


def _taste_reasons(model: Model, i: int, scored: Scored, signals: Sequence[Signal]) -> Iterable[Reason]:
    facts, title = model.facts.of[i], model.titles[i]
    said: set[str] = set()
    for signal in signals:
        sentence = signal.sentence(title.media_type)
        if sentence and sentence not in said and signal.fits(facts):
            said.add(sentence)
            yield Reason(signal.kind, sentence, scored.weights.taste * signal.points(facts))


def _named(terms: Sequence[Term]) -> list[tuple[float, int, Verb]]:
    """The largest positive terms: those not far below the largest, as long as one verb fits them all."""
    told = ((term, place, verb) for term, place, verb in terms if term > 0 and verb is not None)
    ranked = sorted(told, key=lambda term: (-term[0], term[1]))
    named: list[tuple[float, int, Verb]] = []
    for term in ranked[:_MOST_NAMED]:
        if term[0] < _WORTH_NAMING * ranked[0][0] or term[2] != ranked[0][2]:
            break
        named.append(term)
    return named


def _own_titles(model: Model, terms: Sequence[Term], rival: float) -> Iterable[Reason]:
    """The person's titles that add most, unless what they dislike adds more: "because you liked" would not be true."""
    named = _named(terms)
    weight = sum(term for term, _, _ in named)
    untold = [term for term, _, verb in terms if verb is None and term > 0]
    if named and weight > max(rival, fsum(untold)) and named[0][0] >= max(untold, default=0.0):
        one, several = BECAUSE[named[0][2]]
        names = listed([model.titles[j].title for _, j, _ in named])
        text = (one if len(named) == 1 else several).format(names)
        yield Reason("because_liked", text, weight, tuple(model.titles[j].key for _, j, _ in named))


def _alike(model: Model, i: int, terms: Sequence[Term], rival: float) -> Iterable[Reason]:
    """What the title shares with the most similar of the person's own."""
    nearest = next(iter(_named(terms)), None)
    if nearest is None or nearest[0] <= rival:
        return
    weight, j, verb = nearest
    shared = shared_names(model, model.titles[j], model.titles[i])
    if shared:
        other = model.titles[j]
        text = f"Shares {listed(shared)} with {other.title}, {WHICH[verb]}"
        yield Reason("similar", text, weight, (other.key,))


def _opinion(model: Model, i: int, fame: float, quality: float) -> Iterable[Reason]:
    """What everybody's opinion adds; `fame` is its part of the score after the price that novelty puts on it."""
    standing = model.standing
    if fame > 0 and standing.fame[i] < 0:
        yield Reason("novelty", "Not widely known, as you asked", fame)
    elif fame > 0:
        if standing.lately and i in standing.trending:
            yield Reason("popular", "Popular with viewers lately", fame)
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
