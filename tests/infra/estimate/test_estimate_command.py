"""`python -m infra estimate`."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from infra.__main__ import main
from infra.config import SWITCHES
from infra.estimate.prices import prices
from infra.estimate.shown import money, signed

WORDS = ("--mau", "10000", "--rpm", "1000000")
Output = pytest.CaptureFixture[str]


def told(capsys: Output, *words: str, code: int = 0) -> str:
    assert main(["estimate", *words]) == code
    return capsys.readouterr().out


def as_json(capsys: Output, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(told(capsys, *words, "--json"))
    return found


def test_a_month_by_service_in_three_columns(capsys: Output) -> None:
    text = told(capsys, "--env", "prod", *WORDS)

    assert text.startswith(
        "A month of prod in eu-north-1: 10,000 monthly users, 1,000,000 requests. In USD, without tax."
    )
    assert re.search(r"^service +as documents assume +today +without free tier$", text, re.MULTILINE)
    assert re.search(r"^Secrets Manager +\d+\.\d\d +\d+\.\d\d +\d+\.\d\d$", text, re.MULTILINE)
    assert re.search(r"^total without WAF( +\d+\.\d\d){3}$", text, re.MULTILINE)
    assert "credits of up to 200 USD" in text


def test_the_text_and_the_json_say_the_same(capsys: Output) -> None:
    found = as_json(capsys, "--env", "prod", *WORDS)
    (total,) = re.findall(r"^total +([\d., ]+)$", told(capsys, "--env", "prod", *WORDS), re.MULTILINE)

    shown = [float(word.replace(",", "")) for word in total.split()]
    assert shown == [pytest.approx(found["total"][column], abs=0.006) for column in ("documents", "today", "none")]
    for column, usd in found["total"].items():
        assert usd == pytest.approx(sum(costs[column] for costs in found["services"].values()), abs=0.01)
        assert usd == pytest.approx(sum(line["usd"][column] for line in found["lines"]), abs=0.01)
    assert found["totalWithoutFirewall"]["today"] == pytest.approx(
        found["total"]["today"] - found["services"]["WAF"]["today"], abs=0.01
    )
    assert {line["price"] for line in found["lines"]} <= set(prices())


def test_the_environment_is_prod_where_none_is_named(capsys: Output) -> None:
    assert told(capsys, *WORDS) == told(capsys, "--env", "prod", *WORDS)


def test_without_a_firewall_there_is_no_second_total(capsys: Output) -> None:
    assert "total without WAF" not in told(capsys, *WORDS, "--set", "waf=off")


def test_what_functions_may_trace_past_the_rule_is_told(capsys: Output) -> None:
    found = [sentence for sentence in as_json(capsys, *WORDS, "--set", "api=http")["warnings"] if "X-Ray" in sentence]
    quiet = [as_json(capsys, *WORDS)["warnings"], as_json(capsys, *WORDS, "--set", "tracing=off")["warnings"]]

    assert "USD more; without xray_tracing of the function" in found[0]
    assert "X-Ray" not in str(quiet)


def test_every_switch_is_turned_to_each_other_value(capsys: Output) -> None:
    turned = as_json(capsys, "--env", "prod", *WORDS)["switches"]

    assert [one["switch"] for one in turned] == [name for name, values in SWITCHES.items() for _ in values[1:]]
    assert all(one["now"] != one["other"] for one in turned)
    assert {one["switch"]: one["objection"] for one in turned if one["usd"] is None} == {
        "authorizer": "authorizer is off; only dev may do without one.",
        "media": "media is public; in prod it must be private.",
    }


@pytest.mark.parametrize("change", ["waf=off", "cmk=off", "api=http", "tracing=off", "hosting=spa"])
def test_a_switch_costs_what_turning_it_changes(capsys: Output, change: str) -> None:
    before = as_json(capsys, "--env", "prod", *WORDS)
    after = as_json(capsys, "--env", "prod", "--set", change, *WORDS)
    (usd,) = [one["usd"] for one in before["switches"] if f"{one['switch']}={one['other']}" == change]

    for column, difference in usd.items():
        assert difference == pytest.approx(after["total"][column] - before["total"][column], abs=0.001)


def test_what_is_set_stays_set_while_a_switch_is_turned(capsys: Output) -> None:
    turned = as_json(capsys, "--env", "prod", "--set", "waf=off", *WORDS)["switches"]

    assert [(one["now"], one["other"]) for one in turned if one["switch"] == "waf"] == [("off", "on")]
    # One alarm less, and no firewall more.
    assert [-1 < one["usd"]["none"] < 0 for one in turned if one["switch"] == "canary"] == [True]


def test_past_the_budget_is_told_and_fails_only_a_check(capsys: Output) -> None:
    poor, rich = ("--env", "dev", "--set", "budget_usd=1"), ("--env", "dev", "--set", "budget_usd=1000000")
    sentence = "which is past the budget of 1 USD; turn something off, or raise budget_usd"

    assert sentence in told(capsys, *poor, *WORDS)
    assert sentence in told(capsys, *poor, *WORDS, "--check", code=1)
    assert "past the budget" not in told(capsys, *rich, *WORDS, "--check")


def test_a_region_without_prices_is_told(capsys: Output) -> None:
    words = ("--env", "dev", "--set", "region=ap-south-1", "--set", "user_pool_id=ap-south-1_AbCdEfGhI")

    assert (
        "The prices of ap-south-1 are not known here; those of us-east-1 stand in, and are often lower. "
        "Known are eu-north-1, eu-west-1, us-east-1."
    ) in told(capsys, *words, *WORDS)


def test_prices_that_nobody_looked_up_are_told(capsys: Output) -> None:
    found = as_json(capsys, "--env", "prod", *WORDS)
    dear = [line["what"] for line in found["lines"] if line["seen"] == "memory" and line["usd"]["none"] >= 0.005]

    assert "mails" in dear
    assert [what for what in dear if what not in " ".join(found["warnings"])] == []
    assert "starts of jobs" not in " ".join(found["warnings"])


def test_that_prices_of_regions_are_from_memory_is_told(capsys: Output) -> None:
    sentence = "Where AWS has a price for each region, those of eu-north-1 and eu-west-1 stand here from memory."
    there = ("--set", "region=us-east-1", "--set", "user_pool_id=us-east-1_AbCdEfGhI")

    assert sentence in told(capsys, "--env", "dev", *WORDS)
    assert "those of eu-west-1 stand here" in told(capsys, "--env", "dev", *there, *WORDS)


def test_lines_and_assumptions(capsys: Output) -> None:
    lines = told(capsys, "--env", "dev", *WORDS, "--lines")
    assumptions = told(capsys, "--env", "dev", *WORDS, "--assumptions")

    assert re.search(r"^Cognito +monthly users, plan Lite +10,000\.00 +0\.00 +0\.00 +55\.00$", lines, re.MULTILINE)
    assert re.search(r"^recommendations +10% +47 +9 +1 +12,000$", assumptions, re.MULTILINE)
    assert re.search(r"^cold_share +0\.01  share of the requests that starts a process$", assumptions, re.MULTILINE)


def test_all_stacks_count(capsys: Output) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["estimate", "--env", "dev", *WORDS, "--stack", "data"])

    assert ended.value.code == 2
    assert "unrecognized arguments: --stack data" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "sentence"), [("-1", "-1 is below 0"), ("many", "'many' is no whole number"), ("1.5", "'1.5' is no")]
)
def test_a_wrong_number_is_two(capsys: Output, number: str, sentence: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["estimate", "--env", "dev", "--mau", number, "--rpm", "1"])

    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


def test_numbers_may_be_written_as_people_do(capsys: Output) -> None:
    found = as_json(capsys, "--env", "dev", "--mau", "10,000", "--rpm", "1_000_000")

    assert (found["people"], found["requests"]) == (10_000, 1_000_000)


def test_an_idle_environment_has_a_month_too(capsys: Output) -> None:
    found = as_json(capsys, "--env", "dev", "--mau", "0", "--rpm", "0")

    assert found["services"]["Secrets Manager"]["today"] > 0
    assert "API Gateway" not in found["services"]


@pytest.mark.parametrize(("usd", "text"), [(0.004, "0.00"), (-0.004, "0.00"), (1234.5, "1,234.50"), (-2, "-2.00")])
def test_money(usd: float, text: str) -> None:
    assert money(usd) == text


@pytest.mark.parametrize(("usd", "text"), [(0.004, "0.00"), (-0.004, "0.00"), (3.2, "+3.20"), (-2, "-2.00")])
def test_differences(usd: float, text: str) -> None:
    assert signed(usd) == text


def test_ten_thousand_people_cost_less_than_nine_dollars_without_a_firewall(capsys: Output) -> None:
    total = as_json(capsys, *WORDS, "--set", "waf=off")["total"]

    assert 0 < total["documents"] < 9


@pytest.mark.parametrize("env", ["staging", "dev"])
def test_outside_of_prod_they_do_so_today_as_well(capsys: Output, env: str) -> None:
    total = as_json(capsys, "--env", env, *WORDS, "--set", "waf=off")["total"]

    assert total["documents"] <= total["today"] < 9
