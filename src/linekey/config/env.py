"""Reads the environment, alone to do so. Nonsense stops the start, with a sentence naming the variable."""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


class BadSetting(Exception):
    """A variable of the environment is missing or makes no sense. Its text is one sentence for a person."""


def text(name: str, default: str | None = None) -> str:
    """The variable, blanks around it removed. Empty counts as unset: it is what a compose file leaves."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise BadSetting(f"{name} is not set, and has no default.")
    return default


def choice(name: str, allowed: tuple[str, ...], default: str) -> str:
    value = text(name, default)
    if value not in allowed:
        raise BadSetting(f"{name} is {value!r}; it can be {', '.join(allowed)}.")
    return value


def integer(
    name: str, default: int | None = None, *, least: int | None = None, most: int | None = None
) -> int:
    value = text(name, None if default is None else str(default))
    try:
        number = int(value)
    except ValueError:
        raise BadSetting(f"{name} is {value!r}; it must be a whole number.") from None
    if least is not None and number < least:
        raise BadSetting(f"{name} is {number}; it must be at least {least}.")
    if most is not None and number > most:
        raise BadSetting(f"{name} is {number}; it must be at most {most}.")
    return number


def port(name: str, default: int) -> int:
    return integer(name, default, least=1, most=65535)


def address(name: str) -> tuple[str, int] | None:
    """`host:port`, `[::1]:port`; None when it is unset."""
    value = text(name, "")
    host, _, number = value.rpartition(":")
    if not value:
        return None
    if not host or not (number.isascii() and number.isdigit() and 0 < int(number) < 65536):
        raise BadSetting(f"{name} is {value!r}; it must be host:port, such as 127.0.0.1:9464.")
    return host.removeprefix("[").removesuffix("]"), int(number)


def flag(name: str, default: bool) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise BadSetting(f"{name} is {value!r}; it must be 1 or 0 (or true/false, yes/no, on/off).")


def path(name: str, default: str | None = None) -> Path:
    """Absolute: a child started in another folder must mean the same place."""
    return Path(text(name, default)).expanduser().absolute()


def items(name: str, default: str = "") -> list[str]:
    """A list separated by commas; empty entries are dropped."""
    return [item for item in (part.strip() for part in text(name, default).split(",")) if item]


def networks(name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Ranges of addresses separated by commas, CIDR."""
    try:
        return tuple(ip_network(item) for item in items(name))
    except ValueError as why:
        raise BadSetting(f"{name} holds what is no network: {why}.") from None


def pairs(name: str, default: str = "") -> dict[str, str]:
    """A list of `key=value`, separated by commas."""
    found = [item.partition("=") for item in items(name, default)]
    for key, sign, value in found:
        if not (key and sign and value):
            raise BadSetting(f"{name} holds {key!r}; each entry must be key=value.")
    return {key.strip(): value.strip() for key, _, value in found}


def secret(name: str, default: str | None = None) -> str:
    """The variable, or the content of the file that NAME_FILE names (systemd and container secrets).

    Never shown in a message. Setting both is refused: which one counts would be a guess.
    """
    file = text(f"{name}_FILE", "")
    if not file:
        return text(name, default)
    if os.environ.get(name, "").strip():
        raise BadSetting(f"{name} and {name}_FILE are both set; keep one of them.")
    try:
        value = Path(file).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as why:
        raise BadSetting(f"{name}_FILE names a file that cannot be read ({type(why).__name__}).") from None
    if not value:
        raise BadSetting(f"{name}_FILE names an empty file.")
    return value
