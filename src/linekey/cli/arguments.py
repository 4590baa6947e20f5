"""The parser, made of the table. Errors of usage leave with status 2, as argparse does it."""

import argparse
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from linekey.cli.commands import SECRETS, Command, Kind, Option

EPILOG = (
    "Exit status: 0 done, 1 refused, 2 usage, 3 not signed in or not allowed, 4 not found, 5 unreachable."
)
NOUNS = {
    "services": "lines, accesses, hosted PBXs and their licences",
    "members": "the people of an organisation",
    "cases": "support cases",
    "campaigns": "a new password for each of thousands of services",
    "phones": "handsets which fetch their settings by themselves",
    "health": "what needs attention",
    "audit": "who did what",
    "organisations": "the tree of organisations",
    "policy": "what an organisation decides",
    "webhooks": "systems which are told of what happens",
}

if TYPE_CHECKING:
    Words = argparse._SubParsersAction[argparse.ArgumentParser]


def parser(commands: Iterable[Command], server: Mapping[str, str]) -> argparse.ArgumentParser:
    """`server` are the commands of the server itself, told in the help and run elsewhere."""
    whole = argparse.ArgumentParser(
        prog="linekey",
        description="The credential desk of a telecom operator.",
        epilog=_on_the_server(server),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    words = whole.add_subparsers(title="through the API, from anywhere", metavar="command", required=True)
    _login(words)
    nouns: dict[str, Words] = {}
    for command in commands:
        noun, _blank, verb = command.words.partition(" ")
        if not verb:
            _leaf(words, noun, command)
            continue
        if noun not in nouns:
            made = words.add_parser(
                noun, help=NOUNS[noun], description=_sentence(NOUNS[noun]), allow_abbrev=False
            )
            nouns[noun] = made.add_subparsers(metavar="command", required=True)
        _leaf(nouns[noun], verb, command)
    return whole


def _login(words: "Words") -> None:
    told = "sign in with an access key, which is kept for the next commands"
    login = words.add_parser("login", help=told, description=_sentence(told), allow_abbrev=False)
    login.add_argument("url", nargs="?", default="", help="address of the portal: https://desk.example")
    login.add_argument("--key-id", default="", help="LKAK…; asked for when left out")
    login.add_argument("--stdin", action="store_true", help="read the secret from standard input")
    login.set_defaults(special="login")
    told = "forget the access key; it stays valid until it is revoked in the portal"
    logout = words.add_parser("logout", help=told, description=_sentence(told), allow_abbrev=False)
    logout.set_defaults(special="logout")


def _leaf(under: "Words", word: str, command: Command) -> None:
    leaf = under.add_parser(
        word,
        help=command.told,
        description=f"{_sentence(command.told)} {command.asks}".strip(),
        epilog=EPILOG,
        allow_abbrev=False,
    )
    leaf.set_defaults(special="", command=command)
    for place in command.places:
        leaf.add_argument(place, metavar=place.upper().replace("_", "-"))
    for option in (*command.query, *command.body):
        _add(leaf, option)
    if not (command.file or command.lines):
        leaf.add_argument("--json", action="store_true", help="the API's own answer")
    if command.rows and not command.changes:
        leaf.add_argument("--all", action="store_true", help="every page, not the first alone")
    if command.over:
        leaf.add_argument("--every", type=float, default=2.0, metavar="SECONDS", help="how often to look")
    if command.once:
        leaf.add_argument(
            "--once", default="", metavar="NAME", help="name of this request; repeated, it is done once"
        )
    if command.asks:
        leaf.add_argument("--yes", action="store_true", help="do not ask")
    if command.shown_once:
        leaf.add_argument("--quiet", action="store_true", help="the secret alone, for scripts")
    if command.file or command.lines:
        leaf.add_argument("-o", "--output", default="", metavar="FILE", help="write there, with mode 0600")
    if any(option.kind in SECRETS for option in command.body):
        leaf.add_argument("--stdin", action="store_true", help="read the secret from standard input")


def _add(leaf: argparse.ArgumentParser, option: Option) -> None:
    told, dest = option.told.replace("%", "%%"), f"field_{option.place}"
    if option.kind in SECRETS:
        return
    if option.kind is Kind.PAIRS:
        leaf.add_argument(dest, help=told, nargs="+", metavar="NAME=VALUE")
        return
    if option.kind is Kind.FLAG:
        leaf.add_argument(
            option.flag, dest=dest, help=told, action=argparse.BooleanOptionalAction, default=None
        )
        return
    leaf.add_argument(
        option.flag,
        dest=dest,
        help=told,
        required=option.required,
        choices=option.choices or None,
        metavar=None if option.choices else option.name.upper().replace("_", "-"),
        type=int if option.kind is Kind.NUMBER else str,
        action="append" if option.kind is Kind.MANY else "store",
        default=None,
    )


def _on_the_server(server: Mapping[str, str]) -> str:
    wide = max(map(len, server), default=0)
    lines = [f"  {name:<{wide}}  {told}" for name, told in server.items()]
    return "\n".join(["on the server:", *lines, "", EPILOG])


def _sentence(told: str) -> str:
    return f"{told[0].upper()}{told[1:]}."
