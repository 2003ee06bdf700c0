"""The flat tables against plain dictionaries, sets and sums."""

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.recommendations.engine.artifact import content_only
from apps.recommendations.engine.factors import Factors
from apps.recommendations.engine.rows import Rows
from movierec.tables import (
    Column,
    Lists,
    Texts,
    as_bytes,
    column_in_parts,
    encoded,
    flags_of,
    keep,
    lists_in_parts,
    mask_of,
    texts_in_parts,
)

WORDS = st.text(st.sampled_from("ab é\ud800𝄞-"), max_size=6)


def places(mask):
    return {i for i in range(mask.bit_length()) if mask >> i & 1}


@given(st.sets(WORDS), st.lists(WORDS, max_size=5))
def test_texts_are_found_as_in_a_dictionary(texts, others):
    ordered = sorted(texts, key=encoded)
    table = Texts.read(texts_in_parts("t", ordered), "t")
    table.check()
    assert [table[i] for i in range(len(table))] == ordered
    for text in (*ordered, *others):
        assert table.find(text) == (ordered.index(text) if text in texts else None)
        prefix = text[:1]
        assert [ordered[i] for i in table.starting_with(prefix)] == [t for t in ordered if t.startswith(prefix)]


@given(st.sets(WORDS), WORDS)
def test_whole_words_are_found_as_by_comparing_each_text(words, wanted):
    ordered = sorted({"a", "z", *(f"k:{word}" for word in words)}, key=encoded)
    table = Texts.read(texts_in_parts("t", ordered), "t")
    among = table.starting_with("k:")
    found = [ordered[i] for i in table.containing(wanted, among, prefix="k:")]
    assert found == [t for t in ordered if t.startswith("k:") and wanted and f" {wanted} " in f" {t[2:]} "]


@given(st.lists(st.lists(st.integers(0, 99), max_size=5), max_size=6), st.sampled_from([100, 70_000]))
def test_lists_come_back(rows, things):
    lists = Lists.read(lists_in_parts("l", rows, things=things), "l", things=things)
    lists.check(len(rows), things)
    assert [lists[i].tolist() for i in range(len(lists))] == rows


def test_a_table_that_does_not_fit_is_refused():
    parts = lists_in_parts("l", [[1], [2]], things=9)
    with pytest.raises(ValueError, match="begin and end with their items"):
        Lists.read({**parts, "l.items": b""}, "l", things=9)
    with pytest.raises(ValueError, match="not a whole number of values of 4 bytes"):
        Lists.read({**parts, "l.starts": b"123"}, "l", things=9)
    lists = Lists.read(parts, "l", things=9)
    with pytest.raises(ValueError, match="points beyond the 2"):
        lists.check(2, 2)
    with pytest.raises(ValueError, match="not those of 3 lists"):
        lists.check(3, 9)
    with pytest.raises(ValueError, match="the texts are not in order"):
        Texts.read(texts_in_parts("t", ["b", "a"]), "t").check()


@given(
    st.lists(st.integers(0, 40), max_size=30),
    st.none() | st.integers(-1, 41),
    st.none() | st.floats(-1, 41),
    st.sampled_from("Hf"),
)
def test_a_column_compares_as_plain_numbers_do(values, low, high, code):
    column = Column.read(column_in_parts("c", code, values), "c", code=code, titles=len(values))
    column.check(len(values))
    assert places(column.known) == {i for i, value in enumerate(values) if value}
    wanted = {i for i, v in enumerate(values) if v and (low is None or v >= low) and (high is None or v <= high)}
    assert places(column.within(low, high)) == wanted


def test_a_column_of_other_size_is_refused():
    parts = column_in_parts("c", "H", [1, 2, 3])
    with pytest.raises(ValueError, match="do not fit 3 values of 9 titles"):
        Column.read(parts, "c", code="H", titles=9)
    with pytest.raises(ValueError, match="points beyond its values or its titles"):
        Column.read(parts, "c", code="H", titles=2).check(2)


@given(st.sets(st.integers(0, 69)))
def test_a_set_of_places_as_bits_and_as_bytes(wanted):
    mask = mask_of(wanted, 70)
    assert places(mask) == wanted
    assert {i for i, flag in enumerate(flags_of(mask, 70)) if flag} == wanted
    assert len(flags_of(mask, 70)) == 70


def test_a_full_cache_starts_anew():
    kept = {}
    for key in "abc":
        keep(kept, key, key.upper(), most=2)
    assert kept == {"c": "C"}


ENTRIES = [(9, 127), (2, -100), (5, 3)]


def rows_of(entries, scale=0.5):
    count = len(entries)
    parts = (
        as_bytes("I", [0, count, count]), as_bytes("f", [scale, 0.0]),
        as_bytes("H", [column for column, _ in entries]), as_bytes("b", [value for _, value in entries]),
    )  # fmt: skip
    return Rows.from_bytes(b"".join(parts), rows=2, entries=count, columns=10)


def test_rows_add_up_in_full_or_by_their_strongest_entries():
    rows = rows_of(ENTRIES)
    rows.check(10)
    assert rows.spread([(0, 2.0)]) == {9: 127.0, 2: -100.0, 5: 3.0}
    assert rows.spread([(0, 2.0), (1, 5.0), (0, -1.0)], most=2) == {9: 63.5, 2: -50.0}
    assert rows.spread([(1, 1.0)], most=2) == {}
    assert list(rows.row(0)) == [(9, 63.5), (2, -50.0), (5, 1.5)]
    assert rows.among(0, {5, 9, 3}) == [(5, 1.5), (9, 63.5)]
    assert rows.among(0, {5, 9, 3}, most=2) == [(9, 63.5)]
    assert rows.among(0, {3}) == []


@pytest.mark.parametrize(
    ("rows", "columns", "fault"),
    [
        (rows_of(ENTRIES), 9, "points beyond the 9 columns"),
        (rows_of(ENTRIES[::-1]), 10, "not by falling weight"),
        (rows_of(ENTRIES, math.inf), 10, "not a finite number"),
    ],
)
def test_rows_out_of_order_are_found(rows, columns, fault):
    with pytest.raises(ValueError, match=fault):
        rows.check(columns)


def test_rows_of_another_size_are_refused():
    with pytest.raises(ValueError, match="5 bytes do not hold 2 rows with 1 entries"):
        Rows.from_bytes(b"12345", rows=2, entries=1, columns=3)
    with pytest.raises(ValueError, match="begin and end with their entries"):
        Rows.from_bytes(as_bytes("I", [0, 0]) + as_bytes("f", [1]) + b"\0\0\1", rows=1, entries=1, columns=3)


def test_factors_score_as_the_matrices_they_hold():
    encoder, decoder = [[1, -2], [3, 127], [-127, 0]], [[5, 6], [-7, 8], [0, 100]]
    content = b"".join(
        (
            as_bytes("f", [0.5, 1.0, 0.25]), as_bytes("f", [2.0, 1.0, 0.5]),
            bytes(value + 128 for row in encoder for value in row),
            bytes(value + 128 for row in decoder for value in row),
        )
    )  # fmt: skip
    factors = Factors(content, titles=3, dimensions=2)
    factors.check()
    history = [(0, 1.0), (2, -1.0)]
    vector = factors.encode(history)
    assert vector == [0.5 + 31.75, -1.0]
    assert factors.scores(vector, [2, 0, 1]) == [-50.0, 2 * (5 * 32.25 - 6), -7 * 32.25 - 8]
    assert factors.terms([0], history)[0] == [2 * 0.5 * (5 - 12), 2 * 0.25 * 127 * 5]
    assert sum(factors.terms([0], history)[0]) == factors.scores(vector, [0])[0]
    assert len(factors) == 3
    with pytest.raises(ValueError, match="do not hold 2 titles with 2 dimensions"):
        Factors(content, titles=2, dimensions=2)


def test_the_facts_of_titles_in_tables_are_those_of_the_titles(make_title):
    titles = [
        make_title(
            n, genres=(18, 27)[: n % 3], keywords=("civil war", "war", "warlord")[: n % 4], countries=("us", "FR"),
            services=("netflix", "SE/hulu", "us/prime")[: n % 4], popularity=float(n * 7 % 11),
            release_date=f"{1990 + n}",
        )
        for n in range(12)
    ]  # fmt: skip
    facts = content_only(titles).facts
    facts.check()
    assert {"country:US", "country:FR"} <= facts.of[0]
    assert {"service:netflix", "service:SE/hulu", "service:prime"} <= facts.of[3]
    assert [("service:other" in facts.of[n]) for n in range(4)] == [True, False, False, False]
    assert list(facts.by_fame) == sorted(range(12), key=lambda n: (-(n * 7 % 11), n))
    for fact in {fact for one in facts.of for fact in one}:
        having = [i for i in facts.by_fame if fact in facts.of[i]]
        assert list(facts.titles_with(fact)) == having
        assert places(facts.mask(fact)) == set(having)
        assert facts.text(facts.id(fact)) == fact
    assert (list(facts.titles_with("genre:99")), facts.mask("genre:99"), facts.id("genre:99")) == ([], 0, None)
    assert facts.keywords_with("war") == ["keyword:civil war", "keyword:war"]
    assert facts.keywords_with("") == []
    assert facts.genres(2) == ("genre:18", "genre:27")
    content = facts.content(3)
    assert {facts.text(fact) for fact, _ in content.squares} == {"keyword:civil war", "keyword:war", "keyword:warlord"}
    assert content.norm == pytest.approx(math.sqrt(sum(square for _, square in content.squares)))
    assert places(facts.years.within(1993, 1994)) == {3, 4}


def test_names_are_found_without_case_accents_or_articles(make_title):
    titles = [
        make_title(1, title="The Amélie", popularity=1.0),
        make_title(2, title="AMELIE!", original_title="Le Fabuleux", popularity=5.0),
        make_title(3, title=""),
    ]
    model = content_only(titles)
    assert list(model.named("amelie")) == [1, 0]
    assert list(model.named("Fabuleux, Le")) == []
    assert list(model.named("le fabuleux")) == [1]
    assert list(model.named("\ud800")) == list(model.named("")) == list(model.named("the")) == []


def test_a_title_is_found_by_its_key_and_by_no_other(make_title):
    model = content_only([make_title(7, media_type="tv"), make_title(7), make_title(2**40)])
    assert [model.key(i) for i in range(3)] == list(model.index) == [("movie", 7), ("movie", 2**40), ("tv", 7)]
    assert [model.place(("movie", 7)), model.place(("tv", 7)), model.place(("tv", 8))] == [0, 2, None]
    assert [model.place(("movie", number)) for number in (-1, 2**63, 2**63 + 7, 2**80)] == [None] * 4


@given(st.integers(1, 20), st.integers(1, 6), st.randoms(use_true_random=False))
def test_terms_are_the_dot_products_written_out(dimensions, titles, chance):
    scales = [chance.uniform(0.001, 2) for _ in range(2 * titles)]
    cells = bytes(chance.randrange(256) for _ in range(2 * titles * dimensions))
    content = struct.pack(f"<{2 * titles}f", *scales) + cells
    factors = Factors(content, titles=titles, dimensions=dimensions)
    stored = struct.unpack(f"<{2 * titles}f", content[: 8 * titles])
    encoder, decoder = (cells[at : at + titles * dimensions] for at in (0, titles * dimensions))
    sources = [(i, chance.uniform(-1, 1)) for i in range(titles)]
    for title, terms in zip(range(titles), factors.terms(range(titles), sources), strict=True):
        row = decoder[title * dimensions :]
        for (i, weight), term in zip(sources, terms, strict=True):
            dot = sum((encoder[i * dimensions + k] - 128) * (row[k] - 128) for k in range(dimensions))
            assert term == pytest.approx(weight * dot * stored[i] * stored[titles + title], rel=1e-12, abs=1e-12)
