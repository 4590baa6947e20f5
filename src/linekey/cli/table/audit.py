"""Who did what to whose credential, and whether anybody touched the record of it."""

from linekey.cli.commands import Command, Option

_FILTERS = (
    Option("group", "sort of act: sign_in, account, factor, credential, service, member, case…"),
    Option("person", "customer ID of who acted or was acted upon"),
    Option("service", "reference of a service"),
    Option("door", "by which way", choices=("portal", "api", "link", "system")),
    Option("since", "from this moment on: 2026-03-02T09:30:00+01:00"),
    Option("until", "before this moment"),
    Option("text", "how a reference begins, or a customer ID"),
)

AUDIT = (
    Command(
        "audit list",
        "GET /api/v1/audit",
        "the trail, newest first",
        query=_FILTERS,
        rows="entries",
        cursor="before",
        columns=("id", "at", "action", "by", "door", "service", "person", "organisation"),
    ),
    Command(
        "audit export",
        "GET /api/v1/audit/export",
        "the trail with what seals it, one JSON object per line, to verify it elsewhere",
        query=_FILTERS,
        lines="lines",
    ),
    Command(
        "audit verify",
        "POST /api/v1/audit/verify",
        "verify the chains now; the status is 1 when somebody touched them",
        rows="findings",
        columns=("organisation", "code", "first", "last", "sentence"),
        goes_on="since",
        fails="faults",
        done="{entries_done} entries in {chains_done} chains were verified: {faults} faults.",
    ),
)
