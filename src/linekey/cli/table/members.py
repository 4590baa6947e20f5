"""The people of an organisation."""

from linekey.cli.commands import Command, Kind, Option

_ALL = "/api/v1/members"
_ONE = f"{_ALL}/{{customer_id}}"
_ROLES = (
    "subscriber",
    "company_admin",
    "primary_admin",
    "reseller",
    "support_agent",
    "operator_admin",
)

MEMBERS = (
    Command(
        "members list",
        f"GET {_ALL}",
        "the members one looks after, by any mix of filters",
        query=(
            Option(
                "standing",
                "what needs attention",
                choices=("locked", "not_activated", "no_second_factor", "disabled"),
            ),
            Option("role", "in this role", choices=_ROLES),
            Option("text", "words of a name, the start of a customer ID, or a whole e-mail address"),
            Option("organisation", "number of one organisation", Kind.NUMBER),
        ),
        rows="members",
        columns=("customer_id", "name", "email", "role", "organisation", "locked_until", "disabled_for"),
    ),
    Command("members show", f"GET {_ONE}", "one member"),
    Command(
        "members invite",
        f"POST {_ALL}",
        "open an account for somebody, who chooses the password by a link",
        once=True,
        body=(
            Option("first_name", "as they are called", required=True),
            Option("last_name", "their family name", required=True),
            Option("email", "receives the link", required=True),
            Option("role", "what they may do", choices=_ROLES, required=True),
            Option("phone", "E.164"),
            Option("extension", "behind a shared number"),
            Option("organisation", "number of one below your own; your own without it"),
        ),
        done="The link is on its way to {customer_id}.",
    ),
    Command("members unlock", f"DELETE {_ONE}/lock", "end the hour of too many wrong attempts"),
    Command(
        "members reset",
        f"POST {_ONE}/reset",
        "have a member get a new password",
        once=True,
        body=(
            Option(
                "way", "a link by mail, or where the policy has it a temporary one", choices=("link", "mail")
            ),
        ),
        about=_ONE,
        asks="A link to choose a new password is mailed; or a temporary one, which replaces theirs at once.",
        done="On its way to {customer_id}, by {way}.",
    ),
    Command(
        "members disable",
        f"PUT {_ONE}/disabled",
        "shut an account, with a reason",
        body=(
            Option(
                "reason",
                "why, as the member is told",
                choices=("administrator", "payment", "email_conflict", "validation"),
                required=True,
            ),
        ),
        about=_ONE,
        asks="Every session and key of the account ends at once, and nobody signs in to it.",
    ),
    Command("members enable", f"DELETE {_ONE}/disabled", "open an account again"),
    Command(
        "members role",
        f"PUT {_ONE}/role",
        "change the role of a member",
        body=(Option("role", "what they may do from now on", choices=_ROLES, required=True),),
        about=_ONE,
        asks="From now on they may do what the new role includes, and nothing else.",
    ),
    Command(
        "members clear-factors",
        f"DELETE {_ONE}/factors",
        "remove the second factors of a member",
        about=_ONE,
        asks="Their applications, keys and recovery codes open nothing any more; the password alone does.",
    ),
)
