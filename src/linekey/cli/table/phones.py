"""Handsets which fetch their settings by themselves."""

from linekey.cli.commands import Command, Option

_ONE = "/api/v1/services/{reference}/phone"

PHONES = (
    Command("phones show", f"GET {_ONE}", "the handset of a line, and what it fetched"),
    Command(
        "phones give",
        f"POST {_ONE}",
        "give a line a handset, and show the address to type into it once",
        once=True,
        body=(
            Option("vendor", "its make: yealink, snom, grandstream, cisco…", required=True),
            Option("model", "as on the label", required=True),
            Option("mac", "as on the label; left out for a softphone"),
        ),
        shown_once="address",
        about="/api/v1/services/{reference}",
    ),
    Command(
        "phones first-access",
        f"POST {_ONE}/first-access",
        "show a new address for the handset once",
        once=True,
        shown_once="address",
        about="/api/v1/services/{reference}",
        asks="The address given before opens nothing any more.",
    ),
    Command(
        "phones reset",
        f"POST {_ONE}/reset",
        "have the handset fetch a new password",
        once=True,
        about="/api/v1/services/{reference}",
        asks="The handset is asked to fetch a new password; the old one works until then.",
        done="Recorded. See: linekey services progress {reference}",
    ),
    Command(
        "phones take",
        f"DELETE {_ONE}",
        "take the handset away; the line keeps its password",
        about="/api/v1/services/{reference}",
        asks="Its address opens nothing any more. The password stays until it is changed.",
    ),
)
