"""The tables of docs/reference which are written from the code.

`python -m tests.docs` writes them anew; a test fails while a page says something else.
"""

import ast
import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

from bench import capacity
from linekey.api.problems import AWAY, BUG, METHOD_NOT_ALLOWED, UNKNOWN_CALL
from linekey.api.problems import MEDIA_TYPE as PROBLEM
from linekey.api.problems import STATUS as API_STATUS
from linekey.api.urls import document
from linekey.api_ovh.answers import answer_to
from linekey.api_ovh.calls import Needs
from linekey.api_ovh.urls import CALLS
from linekey.cli.table import COMMANDS
from linekey.cli.trouble import Exit
from linekey.domain import errors
from linekey.domain.access import Role
from linekey.domain.effects import EffectKind
from linekey.domain.errors import Refusal
from linekey.domain.kinds import KINDS, Delivery, Mode, Verb
from linekey.domain.rotation import CUT, ending, plan
from linekey.web.refusals import STATUS
from tests.docs.pages import ROOT, text_of

_MARKS = "<!-- from the code: {name} -->\n{table}<!-- end -->"


def refusals() -> str:
    lines = []
    for kind in _refusal_classes():
        status, error_code, _ = answer_to(kind)
        dialect = f"{status} `{error_code}`"
        lines.append(
            (
                f"`{kind.code}`",
                _plain(kind.sentence),
                _plain(kind.next_step),
                str(STATUS[kind.nature]),
                str(API_STATUS[kind.nature]),
                dialect,
            )
        )
    return _table(("Code", "Sentence", "Next step", "Portal", "API", "OVH dialect"), lines)


def plans() -> str:
    """Every verb of every kind, with the steps it promises."""
    lines = []
    for kind in KINDS.values():
        for verb in Verb:
            if verb not in kind.verbs:
                continue
            for delivery in kind.deliveries if verb is Verb.SEND else (None,):
                steps = _steps(plan(kind, verb, delivery=delivery))
                lines.append((f"`{kind.code}`", _verb(verb, delivery), steps))
                hurried = _steps(plan(kind, verb, delivery=delivery, compromised=True))
                if hurried != steps:
                    lines.append((f"`{kind.code}`", f"{_verb(verb, delivery)}, *compromised*", hurried))
                graceful = _steps(plan(kind, verb, mode=Mode.GRACE, delivery=delivery))
                if graceful != steps:
                    lines.append((f"`{kind.code}`", f"{_verb(verb, delivery)}, *in grace*", graceful))
        if kind in CUT:
            lines.append((f"`{kind.code}`", "*cut now*, while a grace is open", _steps(ending(kind, by=""))))
    return _table(("Kind", "Verb", "Steps, in order"), lines)


def effects() -> str:
    told = _docstrings(EffectKind)
    return _table(
        ("Effect", "What must become true"), [(f"`{kind}`", told[kind.name]) for kind in EffectKind]
    )


def calls() -> str:
    needs = {Needs.NOTHING: "nothing", Needs.APPLICATION: "application key", Needs.PERSON: "signature"}
    return _table(
        ("Call", "What it does", "Answers", "Needs", "Warns of"),
        [
            (
                f"`{call.method} {call.path}`",
                call.description,
                f"`{call.answers}`",
                needs[call.needs],
                ", ".join(f"`{effect}`" for effect in call.effects),
            )
            for call in CALLS
        ],
    )


def api_calls() -> str:
    """With the rights each wants: the scope of the key, and the roles of its owner."""
    lines = []
    for path, methods in document()["paths"].items():
        for method, told in methods.items():
            answers = next(status for status in map(str, told["responses"]) if status.startswith("2"))
            scope = f"`{told['x-scope']}`" if "x-scope" in told else ""
            call = f"`{method.upper()} {path}`"
            lines.append((call, told["summary"], scope, _roles(told.get("x-roles", [])), answers))
    return _table(("Call", "What it does", "Scope", "Roles", "Answers"), lines)


def _roles(named: list[str]) -> str:
    if not named or len(named) == len(Role):
        return "all"
    if {role.value for role in Role} - set(named) == {Role.SUBSCRIBER.value}:
        return "all but subscribers"
    return ", ".join(name.replace("_", " ") for name in named)


def api_problems() -> str:
    faults = (AWAY, BUG, UNKNOWN_CALL, METHOD_NOT_ALLOWED)
    found = {fault.code: (fault.status, fault.sentence) for fault in faults}
    by_code = {kind.code: kind for kind in _refusal_classes()}
    for methods in document()["paths"].values():
        for told in methods.values():
            for status, response in told["responses"].items():
                for code, example in response.get("content", {}).get(PROBLEM, {}).get("examples", {}).items():
                    kind = by_code.get(code)
                    said = _plain(kind.sentence) if kind else example["value"]["detail"]
                    found[code] = (int(status), said)
    rows = sorted(((status, code, said) for code, (status, said) in found.items()))
    return _table(
        ("Code", "Status", "Sentence"), [(f"`{code}`", str(status), said) for status, code, said in rows]
    )


def commands() -> str:
    """Those of the client; its places are written as they are typed."""
    lines = []
    for command in COMMANDS:
        places = " ".join(place.upper().replace("_", "-") for place in command.places)
        lines.append((f"`linekey {command.words} {places}".rstrip() + "`", command.told, f"`{command.call}`"))
    return _table(("Command", "What it does", "Call"), lines)


def exits() -> str:
    told = _docstrings(Exit)
    return _table(("Status", "When"), [(str(int(exit)), told[exit.name]) for exit in Exit])


def asked_for() -> str:
    return _table(*capacity.needs())


def prices() -> str:
    told = _docstrings(capacity.Prices)
    figures = asdict(capacity.Prices())
    return _table(("Price", "What"), [(capacity.price(name, figures[name]), told[name]) for name in figures])


TABLES: dict[str, tuple[str, Callable[[], str]]] = {
    "refusals": ("docs/reference/errors.md", refusals),
    "effects": ("docs/reference/effects-and-states.md", effects),
    "plans": ("docs/reference/effects-and-states.md", plans),
    "commands": ("docs/reference/cli.md", commands),
    "exits": ("docs/reference/cli.md", exits),
    "calls": ("docs/reference/ovh-dialect.md", calls),
    "api-calls": ("docs/reference/api.md", api_calls),
    "api-problems": ("docs/reference/api.md", api_problems),
    "prices": ("docs/reference/capacity.md", prices),
    "capacity": ("docs/reference/capacity.md", asked_for),
}
"""Name between the marks → page, and what stands there."""


def written(name: str) -> str:
    """The page as it should be."""
    page, table = TABLES[name]
    marks = re.compile(_MARKS.format(name=re.escape(name), table=".*?"), re.DOTALL)
    text, found = marks.subn(lambda _: _MARKS.format(name=name, table=table()), text_of(page))
    if found != 1:
        raise LookupError(f"{page} has no place for the table “{name}”")
    return text


def write_all() -> None:
    for name, (page, _) in TABLES.items():
        (ROOT / page).write_text(written(name), encoding="utf-8")


def _refusal_classes() -> list[type[Refusal]]:
    return [
        item
        for item in vars(errors).values()
        if isinstance(item, type) and issubclass(item, Refusal) and item is not Refusal
    ]


def _plain(sentence: str) -> str:
    """`%(phone)s` as *phone*: a place that is filled in when the sentence is shown."""
    return re.sub(r"%\((\w+)\)s", r"*\1*", sentence)


def _verb(verb: Verb, delivery: Delivery | None) -> str:
    return f"`{verb}`" if delivery is None else f"`{verb}` by {delivery}"


def _steps(promised: Iterable[object]) -> str:
    words = []
    for effect in promised:
        kind, ordered = getattr(effect, "kind", ""), getattr(effect, "ordered", True)
        words.append(f"`{kind}`" if ordered else f"(`{kind}`)")
    return " → ".join(words)


def _docstrings(described: type) -> dict[str, str]:
    """The text under each member of an enum or field of a dataclass, which Python itself forgets."""
    source = Path(inspect.getfile(described)).read_text(encoding="utf-8")
    body = next(
        node.body
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef) and node.name == described.__name__
    )
    found = {}
    for member, text in pairwise(body):
        name = _named(member)
        if isinstance(name, ast.Name) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            found[name.id] = str(text.value.value)
    return found


def _named(member: ast.stmt) -> ast.expr | None:
    match member:
        case ast.Assign(targets=[name]) | ast.AnnAssign(target=name):
            return name
    return None


def _table(heads: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    ruled = [heads, ["---"] * len(heads), *lines]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in ruled)
