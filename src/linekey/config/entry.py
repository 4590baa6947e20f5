"""The command `linekey`: one word per thing an operator does on the server, imported only when asked for.

Every other word is a client's, which knows nothing of the server: it reads no setting and imports no Django.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from linekey.config import env

if TYPE_CHECKING:
    from linekey.worker.place import Place

_COMMANDS = {
    "run": "start everything on this machine, on loopback: pages, worker, Kamailio, FreeRADIUS, mail, SMS",
    "serve": "run the pages and the APIs alone, at one address: --address, --processes, --threads",
    "work": "run one worker: applies what was decided to the network, sends mail and texts",
    "doctor": "look at everything Linekey depends on, and say what to do about what is wrong",
    "verify-audit": "look for whatever was changed, put in or taken out of the audit trail",
    "import": "take over the lines and accesses of an existing Kamailio or FreeRADIUS, cutting nobody",
    "backup": "write the whole database into one file, while everything runs",
    "restore": "put a backup into an empty database, and look at everything",
    "push-again": "give an element which lost its database every password it is to accept",
    "rotate-keys": "make a fresh sealing key and move every sealed value under it, while everything runs",
    "demo": "load the demo operator and print its sign-ins",
    "sink": "run the demo mail server and SMS gateway, which keep each message in a folder and relay nothing",
    "migrate": "bring the tables up to date; --before and --after: the halves of an upgrade without a stop",
    "manage": "any command of Django's own, with its arguments",
}
_TAKES_ARGUMENTS = frozenset(
    {"migrate", "manage", "verify-audit", "import", "serve", "backup", "restore", "rotate-keys", "push-again"}
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="linekey", description="The credential desk of a telecom operator.")
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    for name, told in _COMMANDS.items():
        commands.add_parser(name, help=told, description=f"{told[0].upper()}{told[1:]}.", add_help=True)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] not in _COMMANDS:
        return _client(arguments)
    # Django parses its own arguments, `--help` included: argparse must not see them.
    if arguments and arguments[0] in _TAKES_ARGUMENTS:
        command, rest = arguments[0], arguments[1:]
    else:
        command, rest = _parser().parse_args(arguments).command, []
    try:
        return _dispatch(command, rest)
    except env.BadSetting as fault:
        sys.stderr.write(f"linekey: {fault}\n")
        return 2
    except KeyboardInterrupt:
        return 130


def _client(arguments: list[str]) -> int:
    from linekey.cli import main as client

    try:
        return client.main(arguments, server=_COMMANDS)
    except KeyboardInterrupt:
        return 130


def _dispatch(command: str, rest: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linekey.config.settings")
    if command == "run":
        from linekey.worker import run

        return run.main(_place())
    if command == "serve":
        from linekey.worker import serve

        serve.main(rest, port=env.port("LINEKEY_PORT", 8000))
    if command == "sink":
        from linekey.worker import sink

        return sink.main(
            smtp_port=env.port("LINEKEY_SMTP_PORT", 10025),
            mail_folder=_mail_folder(),
            sms_port=env.port("LINEKEY_SMS_PORT", 13013),
            sms_folder=_sms_folder(),
        )
    if command in ("migrate", "manage"):
        from django.core.management import execute_from_command_line

        execute_from_command_line(["linekey manage", *(["migrate"] if command == "migrate" else []), *rest])
        return 0
    return _with_tables(command, rest)


def _with_tables(command: str, rest: list[str]) -> int:
    """Those which need the tables, hence Django: each is a module of the worker, by its own name."""
    import django

    django.setup()
    if command == "work":
        from linekey.worker import work
        from linekey.worker.rounds import Watchdog

        # Set by systemd for a unit that notifies.
        return work.main(Watchdog(env.text("NOTIFY_SOCKET", ""), env.integer("WATCHDOG_USEC", 0, least=0)))
    if command == "import":
        from linekey.worker import import_existing

        return import_existing.main(rest, variable=env.secret)
    main = import_module(f"linekey.worker.{command.replace('-', '_')}").main
    return int(main(rest) if command in _TAKES_ARGUMENTS else main())


def _place() -> "Place":
    """What `linekey run` needs of the settings; the rooms below never read them themselves."""
    from django.conf import settings

    from linekey.domain.secret import Secret
    from linekey.worker.element_settings import ElementSettings
    from linekey.worker.place import Place

    network = ElementSettings(
        home=settings.LINEKEY_HOME / "elements",
        realm=settings.LINEKEY_SIP_REALM,
        radius_secret=Secret(settings.LINEKEY_RADIUS_SECRET),
        sip_port=settings.LINEKEY_SIP_PORT,
        radius_port=settings.LINEKEY_RADIUS_PORT,
        coa_port=settings.LINEKEY_NAS_PORT,
        sip_store=settings.LINEKEY_REGISTRAR_STORE,
        radius_store=settings.LINEKEY_RADIUS_STORE,
        accounting_store=settings.LINEKEY_ACCOUNTING_STORE,
        sip_events=settings.LINEKEY_REGISTRAR_EVENTS,
    )
    return Place(
        home=settings.LINEKEY_HOME,
        mail_folder=_mail_folder(),
        sms_folder=_sms_folder(),
        web_port=settings.LINEKEY_PORT,
        smtp_port=settings.EMAIL_PORT,
        sms_port=settings.LINEKEY_SMS_PORT,
        sms_url=settings.LINEKEY_SMS_URL,
        elements=settings.LINEKEY_ELEMENTS,
        network=network,
    )


def _mail_folder() -> Path:
    """Where the demo mail server keeps what it takes."""
    return env.path("LINEKEY_MAIL_DIR", str(env.path("LINEKEY_HOME", "var") / "mail"))


def _sms_folder() -> Path:
    """Where the demo SMS gateway keeps what it takes."""
    return env.path("LINEKEY_HOME", "var") / "sms"
