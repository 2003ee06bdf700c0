from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.caller import NOBODY, Caller
from apps.accounts.devices import caller_of, is_new

NOW = 1_800_000_000
HALF_A_YEAR = 180 * 24 * 3600
LAPTOP = Caller("Firefox on Linux", "203.0.113.0/24")
PHONE = Caller("Safari on iOS", "198.51.100.0/24")
Rows = Callable[[], list[dict[str, Any]]]

WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
CHROMIUM = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0"


class TestDevice:
    @pytest.mark.parametrize(
        ("user_agent", "device"),
        [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"),
            ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"),
            (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROMIUM} Safari/537.36 Edg/126.0.0.0", "Edge on Windows"),
            (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/17.5 Safari/605.1.15",
             "Safari on macOS"),
            (f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {WEBKIT} Version/17.5 Mobile/15E148 Safari/604.1",
             "Safari on iOS"),
            (f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {WEBKIT} CriOS/126.0 Mobile/15E148 Safari/604.1",
             "Chrome on iOS"),
            (f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {CHROMIUM} Mobile Safari/537.36", "Chrome on Android"),
            ("Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0", "Firefox on Android"),
            ("curl/8.5.0", "curl"),
            ("python-requests/2.32.3", "Python Requests"),
            ("Mozilla/5.0 (X11; Linux x86_64) nothing/1.0", "Linux"),
        ],
    )  # fmt: skip
    def test_it_is_named_in_words(self, user_agent: str, device: str) -> None:
        assert caller_of(user_agent, "").device == device

    @pytest.mark.parametrize(
        "user_agent",
        ["", "Mozilla/5.0", "x" * 100_000, "evil.example.com/1.0", "see http://evil.example/ now/1.0", "\x00\n\r",
         "\ud800", "Firefox", "()" * 5000, "é" * 600],
    )  # fmt: skip
    def test_what_tells_nothing_is_empty(self, user_agent: str) -> None:
        assert caller_of(user_agent, "") == NOBODY

    def test_only_the_beginning_is_read(self) -> None:
        firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
        assert caller_of(firefox + "x" * 100_000, "").device == "Firefox on Linux"
        assert caller_of(" " * 512 + firefox, "").device == ""

    @given(
        st.text(max_size=600)
        | st.from_regex(r"\A(Mozilla/5\.0 \()?[\w .;:/()<>&\"'-]{0,200}(Bot|Safari|OS|Linux|/)[\w .;:/()<>]{0,80}\Z")
    )
    def test_any_text_gives_a_short_plain_name(self, user_agent: str) -> None:
        assert re.fullmatch(r"([A-Za-z0-9][A-Za-z0-9 ._/+-]{0,83})?", caller_of(user_agent, "").device, re.ASCII)


class TestPlace:
    @pytest.mark.parametrize(
        ("address", "place"),
        [
            ("203.0.113.77", "203.0.113.0/24"),
            ("127.0.0.1", "127.0.0.0/24"),
            ("2001:db8:1234:5678::9", "2001:db8:1234::/48"),
            ("::1", "::/48"),
            ("::ffff:203.0.113.77", "203.0.113.0/24"),
            ("fe80::1%eth0", "fe80::/48"),
            ("", ""),
            ("unknown", ""),
            ("203.0.113.256", ""),
            ("203.0.113.77:8080", ""),
            ("203.0.113.77, 198.51.100.1", ""),
            ("[::1]", ""),
            ("<script>", ""),
            ("1" * 10_000, ""),
            ("\ud800", ""),
        ],
    )
    def test_it_is_the_first_part_of_the_address(self, address: str, place: str) -> None:
        assert caller_of("", address).place == place

    @given(st.ip_addresses())
    def test_every_address_is_in_its_place(self, address: Any) -> None:
        network = ip_network(caller_of("", str(address)).place)
        inner = getattr(address, "ipv4_mapped", None) or address
        assert ip_address(inner) in network
        assert network.prefixlen == (24 if inner.version == 4 else 48)


@pytest.mark.usefixtures("tables")
class TestIsNew:
    def test_the_first_sign_in_tells_nobody_and_is_remembered(self, rows: Rows) -> None:
        with time_machine.travel(NOW, tick=False):
            assert is_new("ann", LAPTOP) is False
        (row,) = rows()
        assert row["pk"] == "USER#ann"
        assert re.fullmatch(r"DEVICE#[0-9a-f]{64}", row["sk"])
        assert row["expiresAt"] == NOW + HALF_A_YEAR
        assert len(row) == 3

    @pytest.mark.parametrize(
        "other", [PHONE, Caller(LAPTOP.device, PHONE.place), Caller(PHONE.device, LAPTOP.place), NOBODY]
    )
    def test_another_device_or_place_is_new_once(self, other: Caller) -> None:
        assert [is_new("ann", LAPTOP), is_new("ann", LAPTOP)] == [False, False]
        assert [is_new("ann", other), is_new("ann", other), is_new("ann", LAPTOP)] == [True, False, False]

    def test_other_peoples_devices_do_not_count(self) -> None:
        is_new("bob", LAPTOP)
        assert is_new("ann", PHONE) is False

    def test_a_sign_in_renews_it_for_180_days(self, rows: Rows) -> None:
        with time_machine.travel(NOW, tick=False) as clock:
            is_new("ann", LAPTOP)
            is_new("ann", PHONE)
            clock.move_to(NOW + 1000)
            assert is_new("ann", LAPTOP) is False
            assert sorted(row["expiresAt"] for row in rows()) == [NOW + HALF_A_YEAR, NOW + 1000 + HALF_A_YEAR]
            clock.move_to(NOW + HALF_A_YEAR + 999)
            assert is_new("ann", LAPTOP) is False
            assert is_new("ann", PHONE) is True

    def test_when_all_are_forgotten_the_next_is_the_first(self) -> None:
        with time_machine.travel(NOW, tick=False) as clock:
            is_new("ann", LAPTOP)
            clock.move_to(NOW + HALF_A_YEAR)
            assert is_new("ann", PHONE) is False

    def test_a_known_device_is_one_request_and_another_three(self, operations: list[str]) -> None:
        operations.clear()
        is_new("ann", LAPTOP)
        assert operations == ["UpdateItem", "Query", "UpdateItem"]
        operations.clear()
        is_new("ann", LAPTOP)
        assert operations == ["UpdateItem"]

    def test_of_parallel_sign_ins_one_is_told(self, atomic_requests: None) -> None:
        with ThreadPoolExecutor(5) as pool:
            assert list(pool.map(lambda _: is_new("ann", LAPTOP), range(10))) == [False] * 10
            assert sorted(pool.map(lambda _: is_new("ann", PHONE), range(10))) == [False] * 9 + [True]
