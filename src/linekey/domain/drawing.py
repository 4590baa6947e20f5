"""Draw a secret no one can guess and everyone can read aloud."""

import secrets

from linekey.domain.kinds import Kind
from linekey.domain.password_rules import Circumstances, Rule, judge
from linekey.domain.secret import Secret

# No 0 O 1 l I, nor the signs that templates, URIs and phone menus trip over.
_system = secrets.SystemRandom()
READABLE = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def draw(kind: Kind, rules: tuple[Rule, ...], circumstances: Circumstances) -> Secret:
    """A random secret of the kind's length that meets `rules`."""
    return draw_long(kind.drawn_length, rules, circumstances)


def draw_long(length: int, rules: tuple[Rule, ...], circumstances: Circumstances) -> Secret:
    """A random secret of at least `length` characters that meets `rules`.

    16 characters of 57 are 93 bits. A rule that wants a sign gets one; `-` is safe in every phone's file.
    """
    least = next((dict(rule.values)["least"] for rule in rules if rule.code == "length"), 0)
    size = max(length, int(str(least)))
    for attempt in range(1000):
        clear = "".join(_system.choices(READABLE, k=size))
        if attempt % 2:
            at = 4 + secrets.randbelow(size - 8)
            clear = f"{clear[:at]}-{clear[at + 1 :]}"
        secret = Secret(clear)
        if all(verdict.good for verdict in judge(rules, secret, circumstances)):
            return secret
    raise RuntimeError("no drawn secret meets these rules; the preset contradicts itself")
