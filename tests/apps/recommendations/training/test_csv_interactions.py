"""Interactions from CSV files: what is read, what is named as wrong, and that both ways into the arrays agree."""

import csv
import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.recommendations.evidence import weight_of_rating
from apps.recommendations.training import csv_interactions
from apps.recommendations.training.csv_files import CsvError, parse_key
from apps.recommendations.training.csv_interactions import from_arrays, read_interactions
from apps.recommendations.training.interactions import Interactions

HEADER = "userId,movieId,rating,timestamp"


def silent(sentence, fraction):
    pass


@pytest.fixture
def read(tmp_path):
    def write_and_read(*lines, name="ratings.csv", end="\n"):
        path = tmp_path / name
        content = end.join(lines).encode() if all(isinstance(line, str) for line in lines) else b"\n".join(lines)
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return read_interactions(path, silent)

    return write_and_read


def events(found):
    return [
        (found.users[u], found.items[i], round(float(w), 5), float(t))
        for u, i, w, t in zip(found.user_indices, found.item_indices, found.weights, found.timestamps, strict=True)
    ]


def same(one, other):
    assert (one.users, one.items) == (other.users, other.items)
    for name in ("user_indices", "item_indices", "weights", "timestamps"):
        left, right = getattr(one, name), getattr(other, name)
        assert left.dtype == right.dtype
        np.testing.assert_array_equal(left, right)


def test_ratings_become_weights_and_the_neutral_ones_stay(read):
    rows = read(HEADER, "7,603,5.0,100", "7,tv#1396,3,200", "12,603,0.5,300.5")
    assert rows.rejected == []
    assert events(rows.content) == [
        ("12", ("movie", 603), -1.0, 300.5),
        ("7", ("movie", 603), 1.0, 100.0),
        ("7", ("tv", 1396), 0.0, 200.0),
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["userId,movieId", "a,1"], ("a", ("movie", 1), 1.0, 0.0)),
        (["movieId,userId,rating", "1,a,4"], ("a", ("movie", 1), 0.8, 0.0)),
        (["tag,TIMESTAMP,movieid,note,userID", "x y,5,1,,a"], ("a", ("movie", 1), 1.0, 5.0)),
        (["\ufeffuserId,movieId", "a,1"], ("a", ("movie", 1), 1.0, 0.0)),
        (['"userId","movieId"', '"a, b","0001"'], ("a, b", ("movie", 1), 1.0, 0.0)),
        (["userId,movieId", " é ,1 ", "", "  "], ("é", ("movie", 1), 1.0, 0.0)),
        (["userId,movieId,rating,timestamp", "1.0,1.0,5.0,7.0"], ("1.0", ("movie", 1), 1.0, 7.0)),
        (["userId,movieId", 'a,"1.000"'], ("a", ("movie", 1), 1.0, 0.0)),
        (["userId,movieId", f"{'x' * 300},1"], ("x" * 300, ("movie", 1), 1.0, 0.0)),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["r.csv", "r.csv.gz"])
def test_columns_come_in_any_order_and_others_are_passed_over(read, lines, expected, end, name):
    rows = read(*lines, name=name, end=end)
    assert rows.rejected == []
    assert events(rows.content) == [expected]


def test_of_two_rows_of_one_moment_the_larger_weight_counts(read):
    rows = read(HEADER, "a,1,5,9", "a,1,2,9", "a,2,5,1", "a,2,1,2")
    assert [event[2] for event in events(rows.content)] == [1.0, -0.83333]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("a,1,6,1", "rating '6' is not 0.5 to 5; write it on that scale"),
        ("a,1,0,1", "rating '0' is not 0.5 to 5; write it on that scale"),
        ("a,1,nan,1", "rating 'nan' is not 0.5 to 5; write it on that scale"),
        ("a,1,,1", "rating '' is not 0.5 to 5; write it on that scale"),
        (",1,4,1", "userId is empty; write the id of the person"),
        ("a,x,4,1", "movieId 'x' is no title; write a number such as 603, or tv#1396 for a series"),
        ("a,2.5,4,1", "movieId '2.5' is no title; write a number such as 603, or tv#1396 for a series"),
        ("a,1.,4,1", "movieId '1.' is no title; write a number such as 603, or tv#1396 for a series"),
        ("a,0.0,4,1", "movieId '0.0' is no title; write a number such as 603, or tv#1396 for a series"),
        ("a,tv#1.0,4,1", "movieId 'tv#1.0' is no title; write a number such as 603, or tv#1396 for a series"),
        (
            "a,9007199254740992,4,1",
            "movieId '9007199254740992' is no title; write a number such as 603, or tv#1396 for a series",
        ),
        ("a,0,4,1", "movieId '0' is no title; write a number such as 603, or tv#1396 for a series"),
        ("a,-1,4,1", "movieId '-1' is no title; write a number such as 603, or tv#1396 for a series"),
        ("a,tv#tv#1,4,1", "movieId 'tv#tv#1' is no title; write a number such as 603, or tv#1396 for a series"),
        ("a,1,4,", "timestamp '' is no time from 1970 to 2099; write seconds since 1970"),
        ("a,1,4,-5", "timestamp '-5' is no time from 1970 to 2099; write seconds since 1970"),
        ("a,1,4,inf", "timestamp 'inf' is no time from 1970 to 2099; write seconds since 1970"),
        ("a,1,4,1700000000000", "timestamp '1700000000000' is no time from 1970 to 2099; write seconds since 1970"),
        (
            "a,1,4",
            "3 fields instead of 4; write one for each column of the header, in quotes if it has commas",
        ),
        ('a,1,4,"1', "no CSV (unexpected end of data); close every quote on its line"),
        ('"a",1,9,1', "rating '9' is not 0.5 to 5; write it on that scale"),
        ("a\0,1,4,1", "a control character; remove it"),
    ],
)
def test_a_malformed_line_is_named_and_costs_itself_alone(read, tmp_path, line, reason):
    rows = read(HEADER, "b,1,4,1", line, "c,1,4,1")
    assert [str(row) for row in rows.rejected] == [f"{tmp_path / 'ratings.csv'}, line 3: {reason}"]
    assert [event[0] for event in events(rows.content)] == ["b", "c"]


def test_bytes_that_are_not_utf_8_are_named(read):
    rows = read(HEADER.encode(), b"\xff,1,4,1", b'"\xff",1,4,1', b"a,1,4,1")
    assert [(row.line, row.reason) for row in rows.rejected] == [
        (2, "userId is not UTF-8; save the file as UTF-8"),
        (3, "not UTF-8; save the file as UTF-8"),
    ]
    assert rows.content.users == ["a"]


def test_lines_are_counted_through_all_blocks(read, monkeypatch):
    monkeypatch.setattr(csv_interactions, "_BLOCK_BYTES", 40)
    lines = [f"user{n},{n % 3 + 1},{4 if n % 10 else 9},{n}" for n in range(100)]
    rows = read(HEADER, *lines)
    assert [row.line for row in rows.rejected] == list(range(2, 102, 10))
    assert len(rows.content) == 90


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["1,1,4.0,5", "2,2,3,4"], "line 1: the header does not name userId; write a header such as userId,movieId"),
        (["userId,rating", "1,4"], "line 1: the header does not name movieId"),
        (["userId,movieId,userid", "1,4,1"], "line 1: the header names userId twice; leave one."),
        ([""], "line 1: "),
        (["userId,movieId"], "no line can be used; write a row a line under the header."),
        (["userId,movieId", "1,x"], "no line can be used; .* The first fault: line 2: movieId 'x' is no title"),
    ],
)
def test_a_file_that_is_no_table_of_interactions_is_refused(read, lines, message):
    with pytest.raises(CsvError, match=message):
        read(*lines)


def test_a_file_of_wrong_lines_is_given_up_early(read):
    with pytest.raises(CsvError, match=r"1,500 of the first 1,502 lines cannot be used.* line 3: rating '9'"):
        read(HEADER, "a,1,4,1", *["a,1,9,1"] * 1500, "")


def test_a_missing_and_a_truncated_file_are_refused(tmp_path):
    with pytest.raises(CsvError, match=r"none\.csv cannot be read \(No such file or directory\); name a CSV file\."):
        read_interactions(tmp_path / "none.csv", silent)
    packed = tmp_path / "cut.csv.gz"
    packed.write_bytes(gzip.compress(f"{HEADER}\n".encode() + bytes(np.random.default_rng(1).bytes(5000)))[:-900])
    with pytest.raises(CsvError, match=r"cut\.csv\.gz cannot be read to its end"):
        read_interactions(packed, silent)
    packed.write_bytes(b"userId,movieId\n")
    with pytest.raises(CsvError, match=r"cut\.csv\.gz cannot be read to its end \(Not a gzipped file"):
        read_interactions(packed, silent)


USERS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), min_size=1, max_size=6).filter(str.strip)
KEYS = st.sampled_from(["1", "2", "30", "tv#1", "tv#30", "007", "2.0"])
STARS = st.sampled_from(["0.5", "1", "2.5", "3", "4", "4.5", "5.0"])
TIMES = st.integers(0, 4_102_444_800)


@given(st.lists(st.tuples(USERS, KEYS, STARS, TIMES), min_size=1, max_size=30))
def test_a_file_gives_what_its_events_give(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("csv") / "r.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER.split(","))
        writer.writerows(rows)
    found = read_interactions(path, silent)
    assert found.rejected == []
    expected = [
        (user.strip(), parse_key(key), weight_of_rating(float(stars)), float(moment))
        for user, key, stars, moment in rows
    ]
    same(found.content, Interactions.from_events(expected))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_words(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("csv") / "r.csv"
    path.write_bytes(f"{HEADER}\na,1,4,5\n".encode() + content)
    rows = read_interactions(path, silent)
    lines = content.split(b"\n")
    assert len(rows.content) >= 1
    assert all(3 <= row.line <= 2 + len(lines) and row.reason for row in rows.rejected)


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5), st.floats(-1, 1, width=32), st.integers(0, 3).map(float)),
        max_size=60,
    )
)
def test_arrays_give_what_events_give(rows):
    users = ["u9", "u10", "b", "a", "é", "unused"]
    keys = [("tv", 2), ("movie", 10), ("movie", 9), ("tv", 10), ("movie", 1), ("movie", 77)]
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    found = from_arrays(
        users,
        keys,
        np.array(columns[0], dtype=np.int64),
        np.array(columns[1], dtype=np.int64),
        np.array(columns[2], dtype=np.float32),
        np.array(columns[3], dtype=np.float64),
    )
    same(found, Interactions.from_events((users[u], keys[i], w, t) for u, i, w, t in rows))


def test_reading_tells_how_far_it_is(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("userId,movieId\na,1\n")
    told = []
    read_interactions(path, lambda sentence, fraction: told.append((sentence, fraction)))
    assert told == [("Reading r.csv", 0.9), ("Reading r.csv", 1.0)]
