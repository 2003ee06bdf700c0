"""The settings of the method: what training takes as given, chosen by `manage.py tune_recommender` (`tuning.py`)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

# The least and the most that each setting and each part of a mixture can be.
_RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "dropout": (0.0, 0.99),
    "ridge": (0.001, 1e6),
    "kept_per_row": (1, 1_000),
    "wanted": (-1.0, 1.0),
    "watched": (-1.0, 1.0),
    "turned_down": (-1.0, 1.0),
    "disliked": (-1.0, 1.0),
    "rank": (1, 512),
    "popularity_exponent": (0.0, 2.0),
    "factors_share": (0.0, 10.0),
    "session_length": (2, 10_000),
    "session_share": (0.0, 10.0),
    "history": (1, 1_000),
    "exponent": (0.0, 2.0),
    "share": (0.001, 100.0),
}
_WHOLE: Final = frozenset({"kept_per_row", "rank", "session_length", "history"})
_PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "kernels": ("exponent",),
    "edlae": ("dropout", "ridge"),
    "low_rank": ("rank",),
}


class SettingsError(ValueError):
    """Settings that cannot be; the message names the field and what it may be."""


@dataclass(frozen=True)
class Mixture:
    """How much of each part the operator for people with up to `history` likes has (`newcomers.py`).

    Keys: `kernels` the exponent b, `edlae` (dropout, ridge in means of diag G), `low_rank` the rank.
    """

    history: int
    kernels: Mapping[float, float] = field(default_factory=dict)
    edlae: Mapping[tuple[float, float], float] = field(default_factory=dict)
    low_rank: Mapping[int, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The mixture as plain values, each part a list of its members with their shares."""
        return {
            "history": self.history,
            "kernels": [{"exponent": exponent, "share": share} for exponent, share in self.kernels.items()],
            "edlae": [
                {"dropout": dropout, "ridge": ridge, "share": share} for (dropout, ridge), share in self.edlae.items()
            ],
            "low_rank": [{"rank": rank, "share": share} for rank, share in self.low_rank.items()],
        }

    @classmethod
    def from_json(cls, value: Any, name: str) -> "Mixture":
        """The mixture that `to_json` wrote; `name` is what errors call it. Raises SettingsError."""
        given = _object(value, name, ("history", *_PARTS))
        history = _number(given.get("history"), f"{name}.history", "history")
        kernels, edlae, low_rank = (_shares(given.get(part, []), f"{name}.{part}", _PARTS[part]) for part in _PARTS)
        if not (kernels or edlae or low_rank):
            raise SettingsError(f"{name} has no part; give it one of {', '.join(_PARTS)}")
        return cls(
            int(history),
            {exponent: share for (exponent,), share in kernels.items()},
            {(dropout, ridge): share for (dropout, ridge), share in edlae.items()},
            {int(rank): share for (rank,), share in low_rank.items()},
        )


# Found on people set aside from training, with 1, 2, 3, 5 and 10 of their likes shown.
_MIXTURES: Final = (
    Mixture(4, kernels={0.0: 0.4, 0.4: 1.0}, edlae={(0.97, 15.0): 0.5}, low_rank={32: 0.9}),
    Mixture(12, kernels={0.4: 0.5}, edlae={(0.97, 15.0): 0.6, (0.9, 7.5): 0.6}, low_rank={32: 0.6, 64: 0.5}),
)


@dataclass(frozen=True)
class Settings:
    """What training takes as given. Made by hand it is not checked; `from_json` checks.

    `dropout` and `ridge` are of the EDLAE weights for long histories (`edlae.py`), of which each row keeps its
    `kept_per_row` strongest. `wanted`, `watched`, `turned_down` and `disliked` are what such rows of a history are
    worth beside a like's 1 (`values.py`). `rank` and `popularity_exponent` are of the low-rank factors
    (`lowrank.py`), and `factors_share` what these weigh beside the weights, both brought to the same spread; with 0
    there are none. Stretches of `session_length` events of a history count `session_share` as much as the whole of it
    (`sessions.py`). `mixtures` are for short histories, the shortest first (`newcomers.py`).
    """

    dropout: float = 0.5
    ridge: float = 12.0
    kept_per_row: int = 200
    wanted: float = 0.5
    watched: float = 0.7
    turned_down: float = -0.3
    disliked: float = 0.4
    rank: int = 128
    popularity_exponent: float = 0.3
    factors_share: float = 1.0
    session_length: int = 60
    session_share: float = 1.0
    mixtures: tuple[Mixture, ...] = _MIXTURES

    def to_json(self) -> dict[str, Any]:
        """The settings as plain values."""
        return {**asdict(self), "mixtures": [one.to_json() for one in self.mixtures]}

    @classmethod
    def from_json(cls, value: Any) -> "Settings":
        """The settings that `to_json` wrote; what is left out is as by default. Raises SettingsError."""
        names = [one.name for one in fields(cls)]
        given = _object(value, "settings", names)
        found: dict[str, Any] = {
            name: _number(given[name], name, name) for name in names if name in given and name != "mixtures"
        }
        if "mixtures" in given:
            found["mixtures"] = _mixtures(given["mixtures"])
        return cls(**found)


DEFAULTS: Final = Settings()


def read_settings(path: Path) -> Settings:
    """The settings in a file that `manage.py tune_recommender` wrote. Raises SettingsError naming file and field."""
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}); name a settings file.") from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path} is not JSON; write it with manage.py tune_recommender.") from error
    if not isinstance(found, dict) or "settings" not in found:
        raise SettingsError(f'{path} has no "settings"; write it with manage.py tune_recommender.')
    try:
        return Settings.from_json(found["settings"])
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}.") from error


def _mixtures(value: Any) -> tuple[Mixture, ...]:
    found = tuple(Mixture.from_json(one, f"mixtures[{place}]") for place, one in enumerate(_list(value, "mixtures")))
    if any(one.history >= other.history for one, other in pairwise(found)):
        raise SettingsError("mixtures must be in the order of their history, each of another")
    return found


def _shares(value: Any, name: str, keys: Sequence[str]) -> dict[tuple[float, ...], float]:
    """The share of each member of a part of a mixture, by the values of its `keys`."""
    shares: dict[tuple[float, ...], float] = {}
    for place, one in enumerate(_list(value, name)):
        member = f"{name}[{place}]"
        given = _object(one, member, (*keys, "share"))
        key = tuple(_number(given.get(part), f"{member}.{part}", part) for part in keys)
        if key in shares:
            raise SettingsError(f"{member} is there twice; leave one")
        shares[key] = _number(given.get("share"), f"{member}.share", "share")
    return shares


def _object(value: Any, name: str, known: Iterable[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SettingsError(f"{name} must be an object")
    unknown = sorted(value.keys() - set(known))
    if unknown:
        raise SettingsError(f"{name} has no {unknown[0]}; it has {', '.join(known)}")
    return value


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise SettingsError(f"{name} must be a list")
    return value


def _number(value: Any, name: str, kind: str) -> float:
    """`value` if it is a number in the range of its `kind`, whole where it must be."""
    least, most = _RANGES[kind]
    whole = kind in _WHOLE
    number = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
    if not number or not least <= value <= most:
        a_number = "a whole number" if whole else "a number"
        raise SettingsError(f"{name} must be {a_number} from {least:g} to {most:g}, not {json.dumps(value)[:40]}")
    return int(value) if whole else float(value)
