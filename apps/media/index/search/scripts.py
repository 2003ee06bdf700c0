"""Latin letters for other scripts: Cyrillic, Greek and kana, by the most usual of their many romanisations."""

import unicodedata
from typing import Final

# ruff: noqa: RUF001 - letters that look like Latin ones are what the table is about

_CYRILLIC: Final = (
    "а a б b в v г g д d е e ж zh з z и i к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch "
    "ъ - ы y ь - э e ю yu я ya і i є ye ґ g ђ dj ј j љ lj њ nj ћ c џ dz"
)
_GREEK: Final = "α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps ω o"
_KANA: Final = (
    "あ a い i う u え e お o か ka き ki く ku け ke こ ko さ sa し shi す su せ se そ so "
    "た ta ち chi つ tsu て te と to な na に ni ぬ nu ね ne の no は ha ひ hi ふ fu へ he ほ ho "
    "ま ma み mi む mu め me も mo や ya ゆ yu よ yo ら ra り ri る ru れ re ろ ro わ wa を o ん n "
    "が ga ぎ gi ぐ gu げ ge ご go ざ za じ ji ず zu ぜ ze ぞ zo だ da ぢ ji づ zu で de ど do "
    "ば ba び bi ぶ bu べ be ぼ bo ぱ pa ぴ pi ぷ pu ぺ pe ぽ po ゔ vu "
    "ー - っ - ゃ ya ゅ yu ょ yo ぁ a ぃ i ぅ u ぇ e ぉ o"
)
_KATAKANA_AFTER_HIRAGANA: Final = 0x60


def _table() -> dict[int, str]:
    pairs = f"{_CYRILLIC} {_GREEK} {_KANA}".split()
    table = {ord(letter): "" if latin == "-" else latin for letter, latin in zip(pairs[::2], pairs[1::2], strict=True)}
    hiragana = {code: latin for code, latin in table.items() if 0x3041 <= code <= 0x3096}
    return table | {code + _KATAKANA_AFTER_HIRAGANA: latin for code, latin in hiragana.items()}


_LATIN: Final = _table()


def in_latin(plain: str) -> str | None:
    """A normalised text in Latin letters, or None where it is already, or has letters with no table here."""
    if plain.isascii():
        return None
    latin = " ".join(unicodedata.normalize("NFC", plain).translate(_LATIN).split())
    return latin if latin.isascii() and latin else None
