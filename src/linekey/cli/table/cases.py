"""Support cases, for agents. Documents are read in the portal alone."""

from linekey.cli.commands import Command, Kind, Option

_ONE = "/api/v1/cases/{reference}"
_WORDS = (Option("words", "what the applicant reads", required=True),)

CASES = (
    Command(
        "cases list",
        "GET /api/v1/cases",
        "the cases that are open, or all",
        query=(
            Option("state", "in this state only"),
            Option("open_only", "without those that are over", Kind.FLAG),
        ),
        rows="cases",
        columns=("reference", "kind", "state", "name", "customer_id", "documents", "opened_at"),
    ),
    Command("cases show", f"GET {_ONE}", "one case, with its checklist"),
    Command(
        "cases account",
        f"POST {_ONE}/account",
        "name the account a case is about; what was proven before no longer counts",
        once=True,
        body=(Option("customer_id", "as ab12345-lk", required=True),),
    ),
    Command(
        "cases call-back", f"POST {_ONE}/call-back", "send a code to the number on the account", once=True
    ),
    Command(
        "cases code",
        f"POST {_ONE}/code",
        "check a code the applicant reads out",
        once=True,
        body=(
            Option("proof", "which code it is", choices=("call_back", "recovery_code"), required=True),
            Option("code", "Code", Kind.SECRET),
        ),
    ),
    Command(
        "cases extension",
        f"POST {_ONE}/extension",
        "compare the extension given with the account's",
        once=True,
    ),
    Command("cases ask", f"POST {_ONE}/ask", "ask the applicant for more", once=True, body=_WORDS),
    Command(
        "cases propose",
        f"POST {_ONE}/propose",
        "decide, or propose to the second agent",
        once=True,
        body=(Option("effects", "what shall be done; may be given again", Kind.MANY, required=True),),
        asks="Every contact of the account is told, and may stop it while the waiting period runs.",
    ),
    Command(
        "cases confirm",
        f"POST {_ONE}/confirm",
        "confirm what a colleague proposed",
        once=True,
        asks="The waiting period begins; then what was proposed takes effect.",
    ),
    Command(
        "cases send-back",
        f"POST {_ONE}/send-back",
        "disagree with what a colleague proposed",
        once=True,
        body=_WORDS,
    ),
    Command(
        "cases refuse",
        f"POST {_ONE}/refuse",
        "refuse a case",
        once=True,
        body=_WORDS,
        asks="The case is over, and the applicant reads why.",
    ),
)
