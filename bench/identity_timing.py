"""Whether response times tell known from unknown accounts.

Run: python bench/identity_timing.py [--samples 500]

Every case is asked over the whole stack, with the scrypt of production and a DynamoDB in memory, once a round and in
random order. For each the last lines print the median, its ratio to the case of an unknown account with a bootstrap
95 % interval, and the chance that it takes longer than that case: 0.5 means that times tell nothing. Absolute times
depend on the machine and its other work.
"""

import argparse
import gc
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.update(
    DJANGO_SETTINGS_MODULE="movierec.settings",
    MOVIEREC_ENV="local",
    IDENTITY_PROVIDER="local",
    # DynamoDB in memory answers for this address; nothing is sent to it.
    AWS_ENDPOINT_URL="https://dynamodb.eu-north-1.amazonaws.com",
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",  # noqa: S106  (nobody's)
    STATE_DIR="build/bench",
    EMAIL_URL="memorymail://",
    RATE_LIMITS="auth=1000000,user=1000000,recommendations=1000000,media=1000000",
    LOG_LEVEL="ERROR",
)

import django
import moto
import numpy as np
from django.conf import settings
from django.core import mail
from django.test import Client

from apps.accounts.services import create_confirmed_account
from movierec.dynamo.data_table import DataRow
from movierec.dynamo.registry import create_missing_tables
from movierec.dynamo.table import Row

SAMPLES = 500
RESAMPLES = 2000
WARM_UP = 5
# Of one length, so that nothing but the account differs.
KNOWN, UNCONFIRMED, UNKNOWN = "known-account@example.com", "unready-inbox@example.com", "unknown-owner@example.com"
PASSWORD = "correct horse battery"  # noqa: S105  (guards nothing)
WRONG = {"password": "wrong horse battery"}
CODE = {"code": "000000", "password": "another horse battery"}


@dataclass(frozen=True, eq=False)
class Case:
    """A request about one address, and the group of requests it must not be told from."""

    group: str
    name: str
    path: str
    body: dict[str, str]


def case(group: str, path: str, name: str, email: str, more: dict[str, str] | None = None) -> Case:
    """A case of a POST to /auth/ about an address."""
    return Case(group, name, f"/auth/{path}", {"email": email, **(more or {})})


# The first of each group is the unknown account, which the others are compared with.
CASES = [
    case("sign-in, wrong password", "signin", "unknown", UNKNOWN, WRONG),
    case("sign-in, wrong password", "signin", "known", KNOWN, WRONG),
    case("sign-in, wrong password", "signin", "unconfirmed", UNCONFIRMED, WRONG),
    case("sign-up", "signup", "new", UNKNOWN, {"password": PASSWORD}),
    case("sign-up", "signup", "taken", KNOWN, {"password": PASSWORD}),
    case("sign-up", "signup", "unconfirmed", UNCONFIRMED, {"password": PASSWORD}),
    case("forgot", "forgot", "unknown", UNKNOWN),
    case("forgot", "forgot", "known", KNOWN),
    case("forgot", "forgot", "unconfirmed", UNCONFIRMED),
    case("resend", "resend", "unknown", UNKNOWN),
    case("resend", "resend", "known", KNOWN),
    case("resend", "resend", "unconfirmed", UNCONFIRMED),
    case("reset, wrong code", "reset", "unknown", UNKNOWN, CODE),
    case("reset, wrong code", "reset", "known", KNOWN, CODE),
    case("reset, wrong code", "reset", "unconfirmed", UNCONFIRMED, CODE),
]


@contextmanager
def service() -> Iterator[Client]:
    """The whole service over empty tables, with one account that is confirmed and one that is not."""
    django.setup()
    with moto.mock_aws():
        list(create_missing_tables())
        settings.ALLOWED_HOSTS.append("testserver")
        mail.outbox = []
        client = Client()
        create_confirmed_account(KNOWN, PASSWORD)
        ask(client, case("", "signup", "", UNCONFIRMED, {"password": PASSWORD}))
        # No address was sent a mail in this hour, so that only the account makes a difference.
        DataRow.delete_rows([row for row in DataRow.scan_rows() if str(row["sk"]).startswith("MAILS#")])
        yield client


def ask(client: Client, asked: Case) -> tuple[float, int]:
    """Seconds that the answer took, and its status."""
    started = time.perf_counter()
    response = client.post(asked.path, asked.body, content_type="application/json")
    return time.perf_counter() - started, response.status_code


def rows() -> dict[tuple[object, object], Row]:
    """What the table holds, by key, but for the counters of requests."""
    return {(row["pk"], row["sk"]): row for row in DataRow.scan_rows() if not str(row["pk"]).startswith("RATE#")}


def restore(before: dict[tuple[object, object], Row]) -> None:
    """Makes the table what it was, so that no case is slowed by those asked earlier, or stopped by a limit."""
    now = rows()
    DataRow.delete_rows([row for key, row in now.items() if key not in before])
    list(DataRow.put_rows([row for key, row in before.items() if now.get(key) != row]))
    mail.outbox.clear()


def sampled(client: Client, samples: int) -> tuple[dict[Case, list[float]], dict[Case, set[int]]]:
    """Seconds of every case in every round, and the statuses that were answered."""
    chance = random.Random(1)
    before = rows()
    times: dict[Case, list[float]] = {asked: [] for asked in CASES}
    statuses: dict[Case, set[int]] = {asked: set() for asked in CASES}
    gc.collect()
    gc.freeze()
    for turn in range(-WARM_UP, samples):
        for asked in chance.sample(CASES, len(CASES)):
            seconds, status = ask(client, asked)
            statuses[asked].add(status)
            if turn >= 0:
                times[asked].append(seconds)
            restore(before)
    return times, statuses


def interval(value: Callable[[np.ndarray, np.ndarray], float], a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """The bootstrap 95 % interval of a figure about two samples."""
    chance = np.random.default_rng(1)
    found = [value(chance.choice(a, len(a)), chance.choice(b, len(b))) for _ in range(RESAMPLES)]
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)


def ratio(a: np.ndarray, b: np.ndarray) -> float:
    """The ratio of the medians."""
    return float(np.median(a) / np.median(b))


def slower(a: np.ndarray, b: np.ndarray) -> float:
    """The chance that one of `a` is above one of `b`, as Mann and Whitney count it."""
    ordered = np.sort(b)
    below, up_to = np.searchsorted(ordered, a, "left"), np.searchsorted(ordered, a, "right")
    return float((below + up_to).mean() / (2 * len(b)))


def line(asked: Case, times: np.ndarray, unknown: np.ndarray, statuses: set[int]) -> str:
    """A case's figures."""
    start = f"  {asked.name:12s} {'/'.join(map(str, sorted(statuses)))}  median {np.median(times) * 1000:7.2f} ms"
    if times is unknown:
        return start
    low, high = interval(ratio, times, unknown)
    less, more = interval(slower, times, unknown)
    return (
        f"{start}   ratio {ratio(times, unknown):.4f} [{low:.4f}, {high:.4f}]   "
        f"slower than the first {slower(times, unknown):.3f} [{less:.3f}, {more:.3f}]"
    )


def main(samples: int) -> None:
    """Ask every case and print what their times tell."""
    with service() as client:
        times, statuses = sampled(client, samples)
    print(f"{samples} samples a case, in random order")
    for group in dict.fromkeys(asked.group for asked in CASES):
        print(group)
        members = [asked for asked in CASES if asked.group == group]
        figures = {asked: np.array(times[asked]) for asked in members}
        unknown = figures[members[0]]
        for asked in members:
            print(line(asked, figures[asked], unknown, statuses[asked]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--samples", type=int, default=SAMPLES, help=f"rounds; {SAMPLES} unless told")
    main(parser.parse_args().samples)
