"""The devices that people sign in from."""

from __future__ import annotations

import hashlib
import re
from ipaddress import IPv6Address, ip_address, ip_network
from time import time

from apps.accounts.caller import Caller
from apps.accounts.models import KnownDevice
from movierec.dynamo.data_table import user_pk

# A device that was not signed in from for so long is as good as new.
KNOWN_SECONDS = 180 * 24 * 3600
MAX_USER_AGENT = 512
PREFIX = "DEVICE#"

# What the names of programs say about the system a second time.
_SYSTEM_WORDS = {"Mobile", "iOS", "Android"}
_SYSTEMS = {"Mac OS X": "macOS", "Ubuntu": "Linux"}
# A name can come from the User-Agent itself and goes into mails.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/+-]{0,39}", re.ASCII)


def caller_of(user_agent: str, address: str) -> Caller:
    """A request's User-Agent and network address as people recognise them; empty texts for what tells nothing."""
    return Caller(_device(user_agent[:MAX_USER_AGENT]), _place(address), address)


def _device(user_agent: str) -> str:
    # Imported here because it costs a start 50 ms, and its first use 100 ms, that few requests need.
    from ua_parser import parse  # noqa: PLC0415

    found = parse(user_agent)
    program = _plain(found.user_agent.family) if found.user_agent else ""
    system = _plain(found.os.family) if found.os else ""
    program = " ".join(word for word in program.split() if word not in _SYSTEM_WORDS)
    return " on ".join(name for name in (program, _SYSTEMS.get(system, system)) if name)


def _plain(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else ""


def _place(address: str) -> str:
    """The first 24 bits of an IPv4 address, 48 of an IPv6 one: about what a household or a company has."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or IPv6Address(found.packed)
    return str(ip_network((found, 24 if found.version == 4 else 48), strict=False))


def is_new(user_id: str, caller: Caller) -> bool:
    """Remembers a device and place for 180 days; True when the person signed in before, but never from there.

    One request for a known device, three for another. Of parallel sign-ins from a new device one gets True.
    """
    pk, sk, now = user_pk(user_id), PREFIX + _digest(caller), int(time())
    known_until = [KnownDevice.expires_at.set(now + KNOWN_SECONDS)]
    if KnownDevice.update_row_if(pk, sk, known_until, KnownDevice.expires_at > now):
        return False
    # Read before the new row is there: of two first sign-ins at once neither must see the other's.
    others = KnownDevice.query_all(pk, range_condition=KnownDevice.sk.startswith(PREFIX), consistent=True)
    unknown = KnownDevice.pk.does_not_exist() | (KnownDevice.expires_at <= now)
    remembered = KnownDevice.update_row_if(pk, sk, known_until, unknown)
    return remembered is not None and any(row["expiresAt"] > now for row in others)


def _digest(caller: Caller) -> str:
    return hashlib.sha256(f"{caller.device}\n{caller.place}".encode()).hexdigest()
