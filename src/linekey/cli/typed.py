"""What was typed becomes a path, a query and a body; secrets are asked for. Nothing is sent from here."""

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from linekey.cli.commands import SECRETS, Command, Kind, Option
from linekey.cli.trouble import Exit, Trouble


@dataclass(frozen=True)
class Person:
    """Whoever sits before it, or a script."""

    there: bool
    """Is there anybody to ask?"""
    answer: Callable[[str], str]
    """A line typed after a question."""
    hide: Callable[[str], str]
    """The same without an echo."""
    piped: Callable[[], str]
    """One line of standard input."""


def filled(path: str, places: dict[str, str]) -> str:
    """A reference is one segment, whatever was typed: `..` is no way up."""
    if any(value in ("", ".", "..") or not _whole(value) for value in places.values()):
        raise Trouble(Exit.NOT_FOUND, "There is nothing under this reference.", "Check the reference.")
    return path.format(**{name: quote(value, safe="") for name, value in places.items()})


def _whole(text: str) -> bool:
    """Bytes which are no UTF-8 arrive as halves of characters, and cannot be sent."""
    return text.isprintable() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def fields(options: tuple[Option, ...], typed: argparse.Namespace) -> dict[str, Any]:
    found = {option.place: getattr(typed, f"field_{option.place}", None) for option in options}
    given = {name: value for name, value in found.items() if value is not None}
    for name, value in given.items():
        if not all(_whole(str(each)) for each in (value if isinstance(value, list) else [value])):
            raise Trouble(Exit.USAGE, f"The value of {name} is no text.", "Write it in UTF-8.")
    return given


def body_of(command: Command, typed: argparse.Namespace, person: Person) -> dict[str, Any]:
    given = fields(command.body, typed)
    body: dict[str, Any] = {}
    for option in command.body:
        if option.kind in SECRETS:
            body[option.name] = _secret(option, typed.stdin, person)
        elif option.place not in given:
            continue
        elif option.kind is Kind.PAIRS:
            body |= dict(_pair(typed) for typed in given[option.place])
        elif option.inside:
            body.setdefault(option.inside, {})[option.name] = given[option.place]
        else:
            body[option.name] = given[option.place]
    return body


def _pair(typed: str) -> tuple[str, Any]:
    """`lock_after=5` is a number, `security_question=true` a yes; what JSON does not know is a text."""
    name, sign, value = typed.partition("=")
    if not name or not sign:
        raise Trouble(Exit.USAGE, f"“{typed}” is no NAME=VALUE.", "Write for example lock_after=5.")
    try:
        return name, json.loads(value) if value else None
    except ValueError:
        return name, value


def _secret(option: Option, piped: bool, person: Person) -> str:
    if piped:
        return person.piped()
    if not person.there:
        raise Trouble(Exit.USAGE, "There is nobody to type it.", "Pipe it in, with --stdin.")
    typed = person.hide(f"{option.told}: ")
    if option.kind is Kind.NEW_SECRET and person.hide(f"{option.told}, again: ") != typed:
        raise Trouble(Exit.USAGE, "These are two different ones. Nothing was changed.", "Type it again.")
    return typed
