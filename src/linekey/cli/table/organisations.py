"""The tree, and what each organisation decides."""

from linekey.cli.commands import Command, Kind, Option

_ALL = "/api/v1/organisations"
_ONE = f"{_ALL}/{{organisation}}"
_HELD = ("name", "value", "source", "decided_by", "caution")

ORGANISATIONS = (
    Command(
        "organisations list",
        f"GET {_ALL}",
        "what stands directly under an organisation, or is found anywhere below",
        query=(
            Option("under", "its id; your own organisation without it"),
            Option("text", "part of a name, or the beginning of a reference"),
        ),
        rows="organisations",
        columns=("id", "kind", "name", "reference", "parent_id"),
    ),
    Command("organisations show", f"GET {_ONE}", "one organisation, with its sites"),
    Command(
        "organisations open",
        f"POST {_ALL}",
        "open a reseller or a customer",
        once=True,
        body=(
            Option("kind", "what it is", choices=("reseller", "customer"), required=True),
            Option("name", "its name", required=True),
            Option("reference", "what your books call it"),
            Option("under", "its id; your own organisation without it"),
            Option("first_name", "of whoever is invited to administer it", inside="first_administrator"),
            Option("last_name", "the same", inside="first_administrator"),
            Option("email", "receives an activation link", inside="first_administrator"),
        ),
        asks="It stands there for good: an organisation neither moves nor goes.",
    ),
    Command(
        "organisations edit",
        f"PATCH {_ONE}",
        "rename it, or change its reference",
        body=(Option("name", "its name"), Option("reference", "what your books call it")),
    ),
)
POLICY = (
    Command(
        "policy show",
        f"GET {_ONE}/policy",
        "the policy in force, and where each value comes from",
        rows="values",
        columns=_HELD,
    ),
    Command(
        "policy set",
        f"PATCH {_ONE}/policy",
        "decide values; without one behind the sign, inherit it again",
        body=(Option("values", "lock_after=5, or lock_after= to inherit", Kind.PAIRS),),
        rows="values",
        columns=_HELD,
        about=_ONE,
        asks="It holds for the organisation and everything below which decided nothing else.",
    ),
    Command(
        "policy preset",
        f"PUT {_ONE}/policy/preset",
        "decide every value as a preset does",
        body=(Option("preset", "whose advice", choices=("anssi", "nist", "legacy"), required=True),),
        rows="values",
        columns=_HELD,
        about=_ONE,
        asks="Every value is decided anew; what was decided here before is gone.",
    ),
)
