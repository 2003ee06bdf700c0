"""The pages of versions, their comparison, and what staff change about them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from apps.ops.recommender.figures import Live, live, note, offline
from apps.ops.recommender.selectors import comparison
from apps.recommendations.publishing import activate, share
from apps.recommendations.stores.store import ModelStore
from movierec import via
from movierec.audit import Thing, of_thing
from movierec.telemetry import series
from tests.apps.ops.recommender.conftest import pointer

TAKEN_UP = "Running processes take it up within a minute."


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content.decode()
    content: str = response.content.decode()
    return content


def send(browser: Client, change: str, version: str, **fields: Any) -> Any:
    body = {"change": change, "version": version, "seen": pointer().mark, "sure": "yes", **fields}
    return browser.post("/ops/recommender/change", body)


def told(version: str) -> list[tuple[str, str, str]]:
    """Tag, outcome and reason of what the audit has of a version, the newest first."""
    return [(event.tag, event.outcome, event.reason) for event in of_thing(Thing("model", version)).events]


class TestVersions:
    def test_the_page_says_what_serves_whom(self, ops: Client, names: list[str], operations: list[str]) -> None:
        share(names[1], 10)
        operations.clear()
        page = text(ops.get("/ops/recommender"))
        assert operations == ["UpdateItem", "Query"]
        assert f"<dd>{names[2]}, since " in page
        assert f"<dd>{names[1]}, on 10 % of the people</dd>" in page
        assert '<span class="mark good">active</span> 90 % of the people' in page
        assert '<span class="mark soft">tried</span> 10 % of the people' in page
        assert "Opened 0 of none shown" in page
        assert "<dt>The server that made this page</dt>" in page
        assert "his process" not in page

    def test_what_people_did_is_told_by_version(self, ops: Client, names: list[str]) -> None:
        for what, by in (("shown", 40), ("opened", 3), ("kept", 1)):
            series.add(f"model.{names[2]}.{what}", by)
        series.add("model.1999-gone.opened")
        page = text(ops.get("/ops/recommender"))
        assert "Opened 7.5% (3 of 40)<br>Kept 2.5% (1 of 40)" in page
        assert "<li>1999-gone: opened 1 of none shown, kept 0 of none shown</li>" in page

    def test_an_empty_store_says_what_to_do(self, ops: Client, store: Path) -> None:
        page = text(ops.get("/ops/recommender"))
        assert "There are no versions in the store yet." in page
        assert "<dt>Active version</dt><dd>none</dd>" in page

    def test_a_damaged_pointer_is_said(self, ops: Client, names: list[str], store: Path) -> None:
        (store / "current.json").write_bytes(b"{}")
        assert "current.json is damaged" in text(ops.get("/ops/recommender"))

    def test_a_store_out_of_reach_is_a_503(self, ops: Client, store: Path) -> None:
        store.symlink_to(store)
        response = ops.get("/ops/recommender")
        assert "cannot be read or written" in text(response, 503)
        assert response["Retry-After"] == "5"

    def test_hostile_reports_are_inert(self, ops: Client, names: list[str], store: Path) -> None:
        manifest = store / names[0] / "manifest.json"
        hostile = "<script>alert(1)</script>"
        report = {"evaluation": {"note": hostile, "served": []}, "settings": {hostile: hostile}}
        manifest.write_text(json.dumps({"trained_at": hostile, "report": report}))
        for address in ("/ops/recommender", f"/ops/recommender/compare?a={names[0]}&b={names[2]}"):
            page = text(ops.get(address))
            assert hostile not in page
            assert "&lt;script&gt;alert" in page

    def test_support_sees_no_forms(self, support: Client, names: list[str]) -> None:
        assert "/ops/recommender/change" not in text(support.get("/ops/recommender"))


class TestChanges:
    def test_it_asks_back_and_does_nothing_yet(self, ops: Client, names: list[str]) -> None:
        before = pointer()
        page = text(send(ops, "activate", names[0], sure=""))
        assert f"{names[0]} will serve everybody whom no candidate serves." in page
        assert pointer() == before
        assert told(names[0]) == []

    def test_a_version_is_activated(self, ops: Client, names: list[str]) -> None:
        page = text(send(ops, "activate", names[0], reason="It is better."))
        assert f"{names[0]} is the active version." in page
        assert TAKEN_UP in page
        assert (pointer().version, pointer().previous) == (names[0], (names[2], names[1]))
        (event,) = of_thing(Thing("model", names[0])).events
        assert (event.tag, event.reason, event.outcome) == ("ops:model:activate", "It is better.", "begun")
        assert event.before == f'{{"candidate":null,"share":0,"version":"{names[2]}"}}'
        assert event.after == f'{{"version":"{names[0]}"}}'

    def test_it_is_rolled_back(self, ops: Client, names: list[str]) -> None:
        assert f"{names[1]} is the active version again." in text(send(ops, "roll_back", names[2]))
        assert pointer().version == names[1]
        assert told(names[2]) == [("ops:model:roll-back", "begun", "")]

    def test_one_is_tried_and_no_more(self, ops: Client, names: list[str]) -> None:
        assert f"{names[0]} serves 15 % of the people." in text(send(ops, "share", names[0], percent="15"))
        assert (pointer().version, pointer().candidate, pointer().share) == (names[2], names[0], 15)
        assert f"{names[0]} is tried on nobody any more." in text(send(ops, "share", names[0], percent="0"))
        assert (pointer().candidate, pointer().share) == (None, 0)
        assert [tag for tag, _, _ in told(names[0])] == ["ops:model:share"] * 2

    def test_of_two_staff_the_second_is_told_how_it_is_now(self, ops: Client, names: list[str]) -> None:
        seen = pointer().mark
        activate(names[1])
        now = pointer()
        page = text(send(ops, "activate", names[0], seen=seen), 409)
        assert "Nothing was done of what you sent." in page
        assert f"<dd>{names[1]}, since " in page
        assert pointer() == now
        assert f'name="seen" value="{now.mark}"' in page

    def test_who_loses_by_a_moment_is_told_as_well(
        self, ops: Client, names: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from apps.recommendations import publishing  # noqa: PLC0415

        check = publishing._check_stored

        def slow(store: Any, version: str) -> None:
            check(store, version)
            if version == names[0]:
                activate(names[1])

        monkeypatch.setattr(publishing, "_check_stored", slow)
        assert "Somebody changed it meanwhile" in text(send(ops, "activate", names[0]), 409)
        assert pointer().version == names[1]
        assert told(names[0]) == [("ops:model:activate", "refused", ""), ("ops:model:activate", "begun", "")]

    @pytest.mark.parametrize(
        ("change", "version", "percent", "sentence"),
        [
            ("share", 2, "5", "is the active version: it serves everybody"),
            ("share", 0, "0", "is not tried on anybody, so there is nothing to end."),
            ("activate", None, "", "has no version 2020-01-01-none."),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, ops: Client, names: list[str], change: str, version: int | None, percent: str, sentence: str
    ) -> None:
        before = pointer()
        named = "2020-01-01-none" if version is None else names[version]
        page = text(send(ops, change, named, percent=percent), 409)
        assert sentence in page
        assert "Nothing was changed." in page
        assert pointer() == before
        assert [outcome for _, outcome, _ in told(named)] == ["refused", "begun"]

    @pytest.mark.parametrize(("change", "percent"), [("roll_back", ""), ("share", "5")])
    def test_a_damaged_pointer_refuses_what_needs_it(
        self, ops: Client, names: list[str], store: Path, change: str, percent: str
    ) -> None:
        (store / "current.json").write_bytes(b"{}")
        body = {"change": change, "version": names[0], "percent": percent, "seen": "", "sure": "yes"}
        page = text(ops.post("/ops/recommender/change", body), 409)
        assert "current.json is damaged" in page
        assert "Activate a version" in page
        assert (store / "current.json").read_bytes() == b"{}"
        assert [outcome for _, outcome, _ in told(names[0])] == ["refused", "begun"]
        assert "is the active version." in text(ops.post("/ops/recommender/change", {**body, "change": "activate"}))
        assert pointer().version == names[0]

    def test_two_models_that_do_not_fit_are_refused(self, ops: Client, names: list[str], settings: Any) -> None:
        settings.PROCESS_MEMORY_MB = 256
        page = text(send(ops, "share", names[0], percent="5"), 409)
        assert "needs about 256 MB, and has 256. Give it more memory" in page
        assert pointer().candidate is None

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"change": "delete"}, "change: choose activate, roll_back or share"),
            ({"version": "../../etc"}, "version: name a version"),
            ({"change": "share", "percent": "101"}, "percent: write a whole number from 0 to 100"),
            ({"change": "share", "percent": "-1"}, "percent: write a whole number from 0 to 100"),
            ({"change": "share", "percent": "٣"}, "percent: write a whole number from 0 to 100"),
        ],
    )
    def test_crafted_forms_do_nothing(
        self, ops: Client, names: list[str], fields: dict[str, str], sentence: str
    ) -> None:
        before = pointer()
        body = {"change": "activate", "version": names[0], "seen": before.mark, "sure": "yes", **fields}
        assert sentence in text(ops.post("/ops/recommender/change", body), 400)
        assert pointer() == before

    def test_support_changes_nothing(self, support: Client, names: list[str]) -> None:
        before = pointer()
        for change in ("activate", "roll_back", "share"):
            assert "Nothing was done." in text(send(support, change, names[0], percent="50"), 403)
        assert pointer() == before
        assert told(names[0]) == []


class TestComparison:
    def test_figures_stand_side_by_side_with_their_difference(
        self, ops: Client, names: list[str], store: Path, operations: list[str]
    ) -> None:
        for name, ndcg in ((names[0], 0.25), (names[2], 0.375)):
            report = {"evaluation": {"served": {"ndcg_at_100": ndcg}}, "settings": {"rank": 64, "ridge": ndcg}}
            manifest = {"trained_at": "2026-06-01T00:00:00+00:00", "report": report}
            (store / name / "manifest.json").write_text(json.dumps(manifest))
        operations.clear()
        page = text(ops.get(f"/ops/recommender/compare?a={names[0]}&b={names[2]}"))
        assert operations == ["UpdateItem", "Query"]
        assert '<td class="number">0.2500</td><td class="number">0.3750</td><td class="number">+0.1250</td>' in page
        assert "<code>64</code></td><td><code>64</code></td><td>same" in page
        assert "<code>0.25</code></td><td><code>0.375</code></td><td><span" in page

    def test_the_chart_fits_a_phone_and_its_bars_are_told_apart(
        self, ops: Client, names: list[str], store: Path
    ) -> None:
        for name, ndcg in ((names[0], 0.25), (names[2], 0.375)):
            report = {"evaluation": {"served": {"ndcg_at_100": ndcg, "recall_at_20": 1.0}}}
            (store / name / "manifest.json").write_text(json.dumps({"report": report}))
        (store / names[1] / "manifest.json").write_text("{}")
        page = text(ops.get(f"/ops/recommender/compare?a={names[0]}&b={names[2]}"))
        drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
        first, second, chart = map(ElementTree.fromstring, drawings)
        assert (chart.get("role"), chart.get("class"), chart.get("viewBox")) == ("img", "chart", "0 0 320 128")
        bars = list(chart.iter("rect"))
        assert [bar.get("width") for bar in bars] == ["147", "220", "220", "220"]
        assert [bar.get("fill") for bar in bars] == [None, "none", None, "none"]
        assert (first.get("fill"), second.get("fill")) == ("currentColor", "none")
        assert f"</svg> {names[0]}, above</li>" in page
        assert f"</svg> {names[2]}, below</li>" in page
        ends = [int(each.get("x", "")) + 7 * len(each.text or "") for each in chart.iter("text")]
        assert max(ends) <= 320
        assert [each.text for each in chart.iter("text")] == [
            "NDCG@100",
            "0.2500",
            "0.3750",
            "Recall@20",
            *["1.0000"] * 2,
        ]

    def test_a_figure_that_was_not_measured_has_no_bar(self, ops: Client, names: list[str], store: Path) -> None:
        report = {"evaluation": {"served": {"ndcg_at_100": 0.25}}}
        (store / names[0] / "manifest.json").write_text(json.dumps({"report": report}))
        (store / names[1] / "manifest.json").write_text("{}")
        page = text(ops.get(f"/ops/recommender/compare?a={names[0]}&b={names[1]}"))
        chart = page[page.index('class="chart"') :]
        assert chart.count('width="220"') == chart.count("<rect ") == 1
        assert ">not measured</text>" in chart

    def test_the_figures_are_explained(self, ops: Client, names: list[str], store: Path) -> None:
        report = {"evaluation": {"served": {"ndcg_at_100": 0.25}}}
        (store / names[0] / "manifest.json").write_text(json.dumps({"report": report}))
        page = text(ops.get(f"/ops/recommender/compare?a={names[0]}&b={names[2]}"))
        explained = page[page.index("<summary>What the figures mean</summary>") :]
        assert re.findall(r"<dt>(\w+)</dt><dd>[A-Z][^<]+\.</dd>", explained[: explained.index("</details>")]) == [
            "NDCG",
            "Recall",
            "Coverage",
            "Novelty",
            "Diversity",
        ]

    def test_the_store_is_read_once(self, ops: Client, names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        read: list[str] = []
        manifest = ModelStore.manifest

        def noted(store: ModelStore, version: str) -> Any:
            read.append(version)
            return manifest(store, version)

        monkeypatch.setattr(ModelStore, "manifest", noted)
        assert text(ops.get("/ops/recommender/compare"))
        assert sorted(read) == sorted(names)

    def test_without_names_it_is_the_active_and_the_newest_other(self, ops: Client, names: list[str]) -> None:
        found = comparison("", "")
        assert (found.a.published.version, found.b.published.version) == (names[2], names[1])
        assert text(ops.get("/ops/recommender/compare"))

    def test_where_none_is_active_the_two_newest_are_compared(self, names: list[str], store: Path) -> None:
        (store / "current.json").write_bytes(b"{}")
        found = comparison("", "")
        assert (found.a.published.version, found.b.published.version) == (names[2], names[1])

    def test_a_version_that_is_not_there_is_a_404(self, ops: Client, names: list[str]) -> None:
        assert "There is no such version" in text(ops.get("/ops/recommender/compare?a=%3Cb%3E"), 404)


class TestFigures:
    def test_a_report_is_read_with_care(self) -> None:
        assert note({"evaluation": {"note": "Not evaluated."}}) == "Not evaluated."
        assert note({}) == note({"evaluation": [1]}) == "Its training left no figures."
        report = {
            "evaluation": {"served": {"ndcg_at_100": 0.5, "recall_at_20": "x"}, "popularity": {"ndcg_at_100": 0.2}}
        }
        assert [(one.label, one.value, one.popularity) for one in offline(report)] == [("NDCG@100", 0.5, 0.2)]

    def test_a_percentage_of_nothing_is_none(self) -> None:
        assert Live(0, 2, 0).click_through == "2 of none shown"
        assert Live(1000, 25, 0).click_through == "2.5% (25 of 1,000)"

    def test_counters_of_other_kinds_are_passed_over(self, tables: None) -> None:
        series.add(via.counter("2026-06-01-a.b", "shown"), 7)
        series.add("model.x.heard")
        series.add("model.shown")
        assert live() == {"2026-06-01-a.b": Live(shown=7)}
