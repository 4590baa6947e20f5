"""Campaigns: a new password for each of thousands of services, and how far that is."""

from dataclasses import replace

from linekey.cli.commands import Command, Kind, Option
from linekey.cli.table.services import FILTERS

_ONE = "/api/v1/campaigns/{campaign}"
_ORDERS = (
    Option("mode", "what becomes of the old passwords", choices=("grace", "immediate", "compromised")),
    Option("hand_over", "how the new ones reach their users", choices=("link", "file")),
    Option("rate", "services per second, at most", Kind.NUMBER),
    Option("wave", "services per wave; 0 for a single one", Kind.NUMBER),
    Option("pause", "minutes between waves", Kind.NUMBER),
    Option("stop_percent", "stop when so many are refused; 0 for never", Kind.NUMBER),
    Option("stop_count", "the same as a number; 0 for never", Kind.NUMBER),
)

CAMPAIGNS = (
    Command(
        "campaigns list",
        "GET /api/v1/campaigns",
        "the campaigns, newest first",
        rows="campaigns",
        columns=("reference", "name", "state", "percent", "done", "failed", "total", "created_at"),
    ),
    Command(
        "campaigns preview",
        "GET /api/v1/campaigns/preview",
        "what a campaign would do; it changes nothing",
        query=(*FILTERS, *_ORDERS),
    ),
    Command(
        "campaigns begin",
        "POST /api/v1/campaigns",
        "give every service that is found a new password",
        once=True,
        body=(
            Option("name", "for you and your colleagues", required=True),
            *(replace(option, inside="filters") for option in FILTERS),
            *_ORDERS,
        ),
        asks="Thousands of passwords may change. Look first: linekey campaigns preview",
        done="It has begun. See: linekey campaigns watch {reference}",
    ),
    Command("campaigns show", f"GET {_ONE}", "one campaign, and how far it is"),
    Command(
        "campaigns watch",
        f"GET {_ONE}",
        "follow a campaign until it ends or stops, with a bar",
        over=("done", "cancelled", "stopped", "paused"),
    ),
    Command(
        "campaigns services",
        f"GET {_ONE}/services",
        "the services of a campaign, one by one",
        query=(
            Option(
                "state", "with this result only", choices=("waiting", "recorded", "done", "failed", "skipped")
            ),
        ),
        rows="services",
        columns=("reference", "name", "organisation", "state", "reason"),
    ),
    Command("campaigns pause", f"POST {_ONE}/pause", "record nothing more until it is resumed", once=True),
    Command("campaigns resume", f"POST {_ONE}/resume", "go on after a pause, or after it stopped", once=True),
    Command(
        "campaigns cancel",
        f"POST {_ONE}/cancel",
        "end it before its time",
        once=True,
        about=_ONE,
        asks="What was changed stays changed. It cannot be resumed.",
    ),
    Command(
        "campaigns take",
        f"POST {_ONE}/files",
        "lock the new passwords that wait in one file; without a public key a passphrase is asked for",
        once=True,
        body=(
            Option("passphrase", "Passphrase", Kind.NEW_SECRET),
            Option("public_key", "of age or SSH: stands for the passphrase, which may stay empty then"),
        ),
        done="Fetch it: linekey campaigns file {campaign} {file} -o passwords.csv.age",
    ),
    Command(
        "campaigns file",
        f"GET {_ONE}/files/{{file}}",
        "a locked file, which age --decrypt opens",
        file=True,
    ),
)
