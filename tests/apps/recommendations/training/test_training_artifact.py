"""What is written comes back, and whatever is damaged is refused with one kind of error."""

import gc
import json
import weakref
from datetime import UTC, datetime
from shutil import copytree

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.recommendations.engine.artifact import ArtifactError, Model, Operator, Trained, load, verify
from apps.recommendations.engine.manifest import sealed
from apps.recommendations.training.packing import pack, pack_factors
from apps.recommendations.training.writing import PackedModel, PackedOperator, write_model

NOW = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
SIZE = 12
FILES = (
    "titles.jsonl", "catalogue.bin", "content.rows", "operator-5.rows", "operator-any.rows", "factors-taste.i8",
)  # fmt: skip
GENERATOR = np.random.default_rng(5)


def random_rows():
    return pack([(GENERATOR.permutation(SIZE)[:4], GENERATOR.normal(size=4).astype(np.float32)) for _ in range(SIZE)])


@pytest.fixture(scope="module")
def packed(make_title):
    titles = [
        make_title(
            n, title=f"The Title {n % 10}", genres=(18, 35)[: n % 3], release_date=f"{1990 + n % 4}",
            runtime=60 + n, vote_average=n / 2, keywords=(f"kéy word {n % 3}",), services=("netflix",)[: n % 2],
        )
        for n in range(SIZE)
    ]  # fmt: skip
    return PackedModel(
        titles=titles,
        likes=[float(n * 5 % 7) for n in range(SIZE)],
        recent=[n * 3 % 5 / 10 for n in range(SIZE)],
        operators=[PackedOperator(5, random_rows(), {"factors": 0.25}), PackedOperator(None, random_rows())],
        content=random_rows(),
        factors={"taste": pack_factors(GENERATOR.normal(size=(SIZE, 8)), GENERATOR.normal(size=(SIZE, 8)))},
    )


@pytest.fixture(scope="module")
def folder(packed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("artifact") / "model"
    files, facts = packed.to_files()
    write_model(folder, files, {**facts, "report": {"users": 3}}, NOW)
    return folder


@pytest.fixture
def copy(folder, tmp_path):
    return copytree(folder, tmp_path / "model")


def test_a_loaded_model_is_the_one_that_was_written(packed, folder):
    model = verify(folder)
    in_memory = Model(
        packed.titles,
        model.version,
        Trained(
            operators=[Operator(one.history, one.rows.to_rows(), one.blend) for one in packed.operators],
            content=packed.content.to_rows(),
            likes=packed.likes,
            recent=packed.recent,
        ),
    )
    assert list(model.titles) == list(packed.titles)
    assert model.titles[-1] == packed.titles[-1]
    assert model.titles[2:4] == packed.titles[2:4]
    with pytest.raises(IndexError):
        model.titles[SIZE]
    assert (len(model), model.trained_at, model.report) == (SIZE, NOW, {"users": 3})
    assert list(model.likes) == packed.likes
    assert list(model.recent) == pytest.approx(packed.recent)
    assert model.operator(5).blend == {"factors": 0.25}
    assert model.operator(6).history is None
    for i in range(SIZE):
        assert list(model.neighbours(i, 5)) == list(in_memory.neighbours(i, 5))
        assert list(model.content_neighbours(i)) == list(in_memory.content_neighbours(i))
        assert model.facts.of[i] == in_memory.facts.of[i]
        assert model.place(model.key(i)) == model.index["movie", i] == i
    assert list(model.standing.fame) == list(in_memory.standing.fame)
    assert model.standing.trending == in_memory.standing.trending != frozenset()
    vector = model.factors["taste"].encode([(3, 1.0), (4, -0.5)])
    expected = packed.factors["taste"].to_factors()
    assert model.factors["taste"].scores(vector, [1, 2]) == expected.scores(
        expected.encode([(3, 1.0), (4, -0.5)]), [1, 2]
    )


def test_the_version_names_what_is_served_and_not_the_report(packed, tmp_path):
    def version(report, **served):
        files, facts = packed.to_files()
        return write_model(tmp_path / "model", files, {**facts, **served, "report": report}, NOW)

    assert version({"users": 3}) == version({"users": 4})
    assert version({}, titles=SIZE) != version({}, titles=SIZE + 1)


def test_a_model_that_was_replaced_leaves_memory_without_the_collector(folder):
    model = load(folder)
    model.facts.content(1), model.facts.of[1], model.titles[1], model.facts.mask("genre:18"), model.named("title 1")
    gone = weakref.ref(model.facts)
    gc.disable()
    try:
        del model
        assert gone() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("fault", ["truncated", "altered", "missing", "longer"])
def test_a_damaged_file_is_refused_by_name_and_remedy(copy, name, fault):
    path = copy / name
    content = path.read_bytes()
    if fault == "missing":
        path.unlink()
    else:
        damaged = {
            "truncated": content[:-1],
            "altered": bytes([content[0] ^ 1]) + content[1:],
            "longer": content + b"x",
        }
        path.write_bytes(damaged[fault])
    with pytest.raises(ArtifactError, match=f"{name}: the file .*manage.py train_recommender"):
        load(copy)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(data=st.data())
def test_any_damage_is_refused(folder, tmp_path_factory, data):
    copy = copytree(folder, tmp_path_factory.mktemp("damaged") / "model")
    path = copy / data.draw(st.sampled_from((*FILES, "manifest.json")))
    content = path.read_bytes()
    place = data.draw(st.integers(0, len(content) - 1))
    match data.draw(st.sampled_from(["cut", "flip", "swap", "missing", "folder"])):
        case "cut":
            path.write_bytes(content[:place])
        case "flip":
            flipped = content[place] ^ 1 << data.draw(st.integers(0, 7))
            path.write_bytes(content[:place] + bytes([flipped]) + content[place + 1 :])
        case "swap":
            other = copy / data.draw(st.sampled_from([name for name in FILES if name != path.name]))
            path.write_bytes(other.read_bytes())
            other.write_bytes(content)
        case "missing":
            path.unlink()
        case "folder":
            path.unlink()
            path.mkdir()
    with pytest.raises(ArtifactError):
        load(copy)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def edited(value, data):
    """`value` with something within it replaced or taken out."""
    if isinstance(value, (dict, list)) and value and data.draw(st.integers(0, 4)):
        keys = sorted(value) if isinstance(value, dict) else range(len(value))
        key = data.draw(st.sampled_from(list(keys)))
        copy = value.copy()
        if data.draw(st.integers(0, 4)):
            copy[key] = edited(value[key], data)
        else:
            del copy[key]
        return copy
    return data.draw(st.integers(-3, 300)) if isinstance(value, int) else data.draw(JSON)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(data=st.data())
def test_a_manifest_written_wrong_raises_nothing_else(folder, tmp_path_factory, data):
    copy = copytree(folder, tmp_path_factory.mktemp("wrong") / "model")
    manifest = json.loads((copy / "manifest.json").read_bytes())
    del manifest["seal"]
    changed = edited(manifest, data)
    (copy / "manifest.json").write_bytes(sealed(changed if isinstance(changed, dict) else manifest))
    try:
        model = verify(copy)
    except ArtifactError:
        return
    assert [title.key for title in model.titles] == [("movie", n) for n in range(SIZE)]


def test_what_no_digest_finds_is_found_before_a_model_goes_into_service(packed, tmp_path):
    files, facts = packed.to_files()
    rows = bytearray(files["operator-any.rows"])
    at = 4 * (SIZE + 1) + 4 * SIZE
    rows[at : at + 2] = b"\xff\xff"
    write_model(tmp_path / "model", {**files, "operator-any.rows": bytes(rows)}, {**facts, "report": {}}, NOW)
    load(tmp_path / "model")
    with pytest.raises(ArtifactError, match=f"an entry points beyond the {SIZE} columns"):
        verify(tmp_path / "model")


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        (3, "format version 3 is not 2, the one this code reads: it comes from a later release. Update the service"),
        (1, "format version 1 is not 2, the one this code reads. Train again"),
        (None, "format version None is not 2"),
        (2.0, r"format version 2\.0 is not 2, the one this code reads. Train again"),
        (2, "the file was altered"),
    ],
)
def test_another_format_says_so(copy, version, sentence):
    (copy / "manifest.json").write_text(json.dumps({"format": version}))
    with pytest.raises(ArtifactError, match=sentence):
        load(copy)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000])
def test_a_manifest_that_is_no_json_is_refused(copy, content):
    (copy / "manifest.json").write_bytes(content)
    with pytest.raises(ArtifactError, match=r"manifest.json: the file is not JSON. Train again"):
        load(copy)


@pytest.mark.parametrize("version", [None, 3, "", ["a"]])
def test_a_version_that_is_no_name_is_refused(copy, version):
    manifest = json.loads((copy / "manifest.json").read_bytes()) | {"version": version}
    del manifest["seal"]
    (copy / "manifest.json").write_bytes(sealed(manifest))
    with pytest.raises(ArtifactError, match=r"manifest.json: its version is no text. Train again"):
        load(copy)


def test_a_manifest_may_not_lead_out_of_the_folder(copy, tmp_path):
    (tmp_path / "outside").write_bytes(b"x")
    manifest = json.loads((copy / "manifest.json").read_bytes())
    del manifest["seal"]
    manifest["files"]["../outside"] = {"bytes": 1, "sha256": "0"}
    (copy / "manifest.json").write_bytes(sealed(manifest))
    with pytest.raises(ArtifactError, match="is not the name of a file in the folder"):
        load(copy)


def test_an_absent_folder_is_refused(tmp_path):
    with pytest.raises(ArtifactError, match="cannot be read"):
        load(tmp_path / "nothing")


def test_titles_out_of_order_or_twice_make_no_model(make_title):
    for numbers in ([2, 1], [1, 1]):
        with pytest.raises(ValueError, match="in the order of their keys"):
            Model([make_title(n) for n in numbers], "test")
    with pytest.raises(ValueError, match="number of a title must be 0 to"):
        Model([make_title(-1)], "test")
