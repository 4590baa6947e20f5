"""The letters an SMS may hold: the GSM 7 bit default alphabet (3GPP TS 23.038 section 6.2.1).

One letter outside of it leaves the whole message 70 characters in place of 160, so none gets through.
"""

import unicodedata

ALPHABET = frozenset(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""Without its line breaks, and without the table of characters that count twice (^ { } € and others)."""
_SPELLED = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "Œ": "OE", "œ": "oe"}
)


def in_gsm(line: str) -> str:
    """Accents the alphabet lacks fall (« être » becomes "etre"); what has no plain letter becomes "?"."""
    return "".join(each if each in ALPHABET else _plain(each) for each in line.translate(_SPELLED))


def _plain(character: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKD", character) if each in ALPHABET) or "?"
