"""Carry out one command: ask where it matters, call, follow the pages, show."""

import argparse
import json
import os
from collections import defaultdict
from typing import Any
from uuid import uuid4

from linekey.cli import follow
from linekey.cli.commands import Command
from linekey.cli.desk import Desk, no_desk
from linekey.cli.show import Screen, as_json, inert
from linekey.cli.trouble import Exit, Trouble
from linekey.cli.typed import Person, body_of, fields, filled


def carry_out(
    command: Command, typed: argparse.Namespace, desk: Desk, screen: Screen, person: Person
) -> None:
    """Raises Trouble."""
    places = {place: str(getattr(typed, place)) for place in command.places}
    path = filled(command.path, places)
    if command.asks and not typed.yes:
        _confirm(command, places, desk, screen, person)
    query = fields(command.query, typed)
    if command.file:
        _keep(desk.fetch(path, query=query), typed.output, screen)
        return
    if command.lines:
        parts = _every_page(command, _fit(command, desk.call("GET", path, query=query)), path, query, desk)
        text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in parts[command.lines])
        _keep(text.encode(), typed.output, screen)
        return
    if command.over:
        last = follow.follow(lambda: _fit(command, desk.call("GET", path)), command.over, typed.every, screen)
        if typed.json:
            screen.write(as_json(last))
        return
    body = body_of(command, typed, person)
    once = (typed.once or str(uuid4())) if command.once else ""
    answer = _fit(command, desk.call(command.method, path, query=query, body=body, once=once))
    if command.rows and not command.changes and typed.all:
        answer = _every_page(command, answer, path, query, desk)
    while command.goes_on and not answer.get("ended", True):
        query = {**query, command.goes_on: answer[command.goes_on]}
        answer = _fit(command, desk.call(command.method, path, query=query, body=body, once=once))
    _show(command, typed, answer, places, screen)
    if command.fails and answer[command.fails]:
        raise Trouble(Exit.REFUSED, "It does not hold.")


def _confirm(command: Command, places: dict[str, str], desk: Desk, screen: Screen, person: Person) -> None:
    if not person.there:
        raise Trouble(Exit.USAGE, "This wants to be confirmed, and nobody is there.", "Say --yes.")
    subject = " ".join(places.values())
    if command.about:
        subject = _subject(desk.call("GET", filled(command.about, places)), subject)
    screen.say(f"{inert(subject)}\n{command.asks}")
    if person.answer("Go on? [y/N] ").strip().lower() not in ("y", "yes"):
        raise Trouble(Exit.REFUSED, "Nothing was changed.")


def _subject(found: Any, reference: str) -> str:
    """How people know it: number or login, then its name."""
    told = found if isinstance(found, dict) else {}
    known = [told.get(name) for name in ("number", "username", "full_name", "email", "name")]
    return " – ".join(dict.fromkeys([reference, *(str(each) for each in known if each)]))


def _fit(command: Command, answer: Any) -> dict[str, Any]:
    """The answer, once it has the fields this command reads. Raises Trouble."""
    listed = [name for name in (command.rows, command.lines) if name]
    single = [name for name in (command.shown_once, command.goes_on, command.fails) if name]
    if not isinstance(answer, dict) or not all(name in answer for name in (*listed, *single)):
        raise no_desk()
    for name in listed:
        held = answer[name]
        if not isinstance(held, list) or not all(isinstance(each, dict) for each in held):
            raise no_desk()
    return answer


def _every_page(
    command: Command, answer: dict[str, Any], path: str, query: dict[str, Any], desk: Desk
) -> dict[str, Any]:
    held = command.rows or command.lines
    rows, page = list(answer[held]), answer
    while (after := page.get("next")) is not None:
        page = _fit(command, desk.call("GET", path, query={**query, command.cursor: after}))
        rows += page[held]
    return {**answer, held: rows, "next": None}


def _show(
    command: Command,
    typed: argparse.Namespace,
    answer: dict[str, Any],
    places: dict[str, str],
    screen: Screen,
) -> None:
    if command.shown_once and typed.quiet:
        screen.write(str(answer[command.shown_once]))
        return
    if typed.json:
        screen.write(as_json(answer))
        return
    if command.rows:
        screen.rows(command.columns, answer[command.rows])
        if answer.get("next") is not None:
            screen.say("There are more: --all shows every one.")
    else:
        screen.facts(answer)
    if command.done:
        known = defaultdict(str, {**answer, **places})
        screen.say(inert(command.done.format_map(known)))


def _keep(content: bytes, output: str, screen: Screen) -> None:
    if output:
        try:
            descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as fault:
            raise Trouble(
                Exit.USAGE, f"{inert(output)} cannot be written: {fault.strerror}.", "Name a new file."
            ) from None
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
        return
    if screen.terminal:
        try:
            text = content.decode()
        except UnicodeDecodeError:
            raise Trouble(
                Exit.USAGE, "This file is not a text.", "Name a file to keep it in: -o FILE."
            ) from None
        for line in text.splitlines():
            screen.write(inert(line))
        return
    screen.out.flush()
    screen.out.buffer.write(content)
    screen.out.buffer.flush()
