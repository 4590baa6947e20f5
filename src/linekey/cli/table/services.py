"""Services and their credentials."""

from linekey.cli.commands import Command, Kind, Option

_ONE = "/api/v1/services/{reference}"

FILTERS = (
    Option("reference", "beginning of the service reference"),
    Option("client", "part of the client's name"),
    Option("client_reference", "beginning of the client's reference"),
    Option("end_client", "part of the end client's name"),
    Option("kind", "sip_line, pppoe_access, hosted_pbx, user_licence, plain_line…"),
    Option("product", "beginning of the contracted product's reference"),
    Option("accountcode", "beginning of the accountcode"),
    Option("address", "an IP address, or its beginning up to a dot or colon"),
    Option("state", "state of the service", choices=("active", "suspended", "closed")),
    Option("text", "part of a reference, name, number, login, client or owner"),
)
"""CTX-1, any mix."""

_SETTINGS = (
    Option("name", "its name"),
    Option("admin", "administers the hosted PBX", Kind.FLAG),
    Option("company_contact", "whom to call in the company"),
    Option("emergency_number", "E.164: where emergency services call back"),
    Option("restriction", "outgoing calls it may not make: none, premium, international, mobile, all"),
    Option("outside_plan_refused", "refuse calls outside the unlimited plan", Kind.FLAG),
    Option("number_presented", "E.164, one of the customer's own; empty: the line's"),
    Option("receptionist", "answers for the company", Kind.FLAG),
    Option("fax2mail_number", "E.164, one of the customer's own; empty: none"),
    Option("supervisor", "sees the calls of the others", Kind.FLAG),
)
"""CTX-3, CTX-4. What is contracted is not set here."""

_MODE = Option(
    "mode",
    "keep the old password until the new one is used, or cut it at once; left out: as the policy says",
    choices=("grace", "immediate"),
)

SERVICES = (
    Command(
        "services search",
        "GET /api/v1/services",
        "find services, by any mix of filters",
        query=FILTERS,
        rows="services",
        columns=("reference", "name", "organisation", "billing_account", "site", "kind", "state"),
    ),
    Command(
        "services export",
        "GET /api/v1/services.csv",
        "all that a search finds, as CSV",
        query=FILTERS,
        file=True,
    ),
    Command("services show", f"GET {_ONE}", "one service"),
    Command(
        "services users",
        f"GET {_ONE}/users",
        "the user licences of a hosted PBX, and which are online",
        query=(Option("text", "part of a reference, a name or a number"),),
        rows="users",
        columns=("reference", "licence", "number", "name", "admin", "emergency_number", "online"),
    ),
    Command("services settings", f"GET {_ONE}/settings", "what is set on a service"),
    Command(
        "services set",
        f"PATCH {_ONE}/settings",
        "set its name or its settings; what is left out stays",
        body=_SETTINGS,
    ),
    Command("services progress", f"GET {_ONE}/progress", "how far its last change is"),
    Command(
        "services change",
        f"POST {_ONE}/change",
        "change its password to one of your choice",
        once=True,
        body=(Option("password", "New password", Kind.NEW_SECRET), _MODE),
        about=_ONE,
        asks="The password in force is refused at once, or once the new one is used: see --mode.",
        done="Recorded. See: linekey services progress {reference}",
    ),
    Command(
        "services reset",
        f"POST {_ONE}/reset",
        "draw a new password and show it once",
        once=True,
        body=(_MODE,),
        shown_once="secret",
        about=_ONE,
        asks="The password in force is refused at once, or once the new one is used: see --mode.",
        done="The password is shown this once. See: linekey services progress {reference}",
    ),
    Command(
        "services send",
        f"POST {_ONE}/send",
        "send a new password to the contact",
        once=True,
        body=(_MODE,),
        about=_ONE,
        asks="The contact is sent a new password, or a link to one; the old one then stops working.",
        done="Recorded. See: linekey services progress {reference}",
    ),
    Command(
        "services cut",
        f"POST {_ONE}/cut",
        "cut the old password that is kept beside the new one",
        once=True,
        about=_ONE,
        asks="The old password is refused at once, and what is connected is cut.",
        done="Recorded. See: linekey services progress {reference}",
    ),
    Command(
        "services retire",
        f"POST {_ONE}/retire",
        "accept no password any more",
        once=True,
        about=_ONE,
        asks="The network accepts no password for this service until a new one is made.",
        done="Recorded. See: linekey services progress {reference}",
    ),
    Command(
        "services modem-reset",
        f"POST {_ONE}/modem-reset",
        "renew the credentials of an access whose modem was reset",
        once=True,
        about=_ONE,
        asks="The password always changes, and goes to the contact by mail or by a link. The login stays.",
        done="Recorded. See: linekey services progress {reference}",
    ),
)
