"""`linekey …` of a client: read the arguments, take the key, carry out, leave with a status for scripts."""

import argparse
import getpass
import io
import os
import sys
from collections.abc import Mapping, Sequence

import httpx

from linekey.cli import kept
from linekey.cli.arguments import parser
from linekey.cli.desk import Desk, no_desk
from linekey.cli.kept import Key
from linekey.cli.run import carry_out
from linekey.cli.show import Screen, inert
from linekey.cli.table import COMMANDS
from linekey.cli.trouble import Exit, Trouble
from linekey.cli.typed import Person


def main(
    argv: Sequence[str],
    *,
    server: Mapping[str, str],
    screen: Screen | None = None,
    person: Person | None = None,
    transport: httpx.BaseTransport | None = None,
) -> int:
    """`server` are the words `config.entry` keeps for itself; the rest is of this process, or a test's."""
    typed = parser(COMMANDS, server).parse_args(list(argv))
    screen, person = screen or _screen(), person or _person()
    try:
        if typed.special == "login":
            _login(typed, screen, person, transport)
        elif typed.special == "logout":
            _logout(screen)
        else:
            with Desk(kept.key(), transport) as desk:
                carry_out(typed.command, typed, desk, screen, person)
        screen.out.flush()
    except Trouble as trouble:
        for line in (*trouble.sentence.splitlines(), *trouble.next_step.splitlines()):
            screen.say(inert(line))
        return trouble.status
    except UnicodeDecodeError:
        screen.say("What was piped in is no text in UTF-8. Nothing was changed.")
        return Exit.USAGE
    except EOFError:
        screen.say("Nothing was typed. Nothing was changed.")
        return Exit.REFUSED
    except BrokenPipeError:
        # Whoever read, `head` for one, has enough. What is left unwritten must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.DONE


def _login(
    typed: argparse.Namespace, screen: Screen, person: Person, transport: httpx.BaseTransport | None
) -> None:
    if not person.there and not (typed.url and typed.stdin):
        raise Trouble(
            Exit.USAGE, "There is nobody to ask.", "Give the address, and pipe the secret in with --stdin."
        )
    url = kept.checked(typed.url or person.answer("Address of the portal: ").strip())
    key_id = typed.key_id or (person.answer("Key ID: ").strip() if person.there and not typed.stdin else "")
    secret = person.piped() if typed.stdin else person.hide("Secret of the key: ")
    key = Key(url, key_id, kept.fit(secret.strip()))
    with Desk(key, transport) as desk:
        me = desk.call("GET", "/api/v1/me")
    if not isinstance(me, dict) or not {"name", "customer_id", "organisation"} <= me.keys():
        raise no_desk()
    place = kept.keep(key)
    screen.say(inert(f"Signed in as {me['name']} ({me['customer_id']}, {me['organisation']}) at {url}."))
    screen.say(inert(f"The key is in {place}."))


def _logout(screen: Screen) -> None:
    there = kept.forget()
    screen.say("The key is forgotten here." if there else "There was no key here.")
    if there:
        screen.say("It stays valid: revoke it in the portal when no other program needs it.")


def _screen() -> Screen:
    for stream in (sys.stdout, sys.stderr):
        # A letter that the terminal's encoding lacks is shown as its number, and stops nothing.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    terminal = sys.stdout.isatty()
    colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Screen(sys.stdout, sys.stderr, terminal, colour)


def _person() -> Person:
    def answer(question: str) -> str:
        sys.stderr.write(question)
        sys.stderr.flush()
        return sys.stdin.readline()

    return Person(
        there=sys.stdin.isatty(),
        answer=answer,
        hide=getpass.getpass,
        piped=lambda: sys.stdin.readline().rstrip("\r\n"),
    )
