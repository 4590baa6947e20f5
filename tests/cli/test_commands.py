"""Every call of the API can be made from the command line; what cannot stands here, with the reason."""

import re
from collections.abc import Collection
from typing import Any

import pytest

from linekey.cli.arguments import NOUNS
from linekey.cli.commands import Command, Kind, Option
from linekey.cli.table import COMMANDS
from tests.api.programs import described
from tests.cli.shell import Shell

EXCEPTIONS = {
    "POST /authentication/v1/token/access-key": "the key itself is the bearer: a command is short",
    "POST /authentication/v1/token": "there are no tokens to refresh",
}
LEFT_OUT = {
    "services set": {
        "accession": "it is contracted, and refused here",
        "was": "for programs that read before they write",
    }
}
"""Fields of a body without an option, with the reason."""


def operations() -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": told
        for path, methods in described()["paths"].items()
        for method, told in methods.items()
    }


def test_every_call_has_a_command_or_a_reason_to_have_none() -> None:
    reached = {command.call for command in COMMANDS}
    assert reached | set(EXCEPTIONS) == set(operations())
    assert reached.isdisjoint(EXCEPTIONS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.words)
def test_a_command_offers_what_its_call_takes(command: Command) -> None:
    told = operations()[command.call]
    places = {each["name"]: each["in"] for each in told.get("parameters", ())}
    assert command.once == ("Idempotency-Key" in places)
    assert {name for name, place in places.items() if place == "path"} == set(command.places)
    known = {name for name, place in places.items() if place == "query"} - {command.cursor, command.goes_on}
    assert {option.name for option in command.query} == known


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.words)
def test_its_options_are_the_fields_of_the_body(command: Command) -> None:
    left_out = LEFT_OUT.get(command.words, {})
    fields = _fields(_schema_of(operations()[command.call]), left_out)
    if any(option.kind is Kind.PAIRS for option in command.body):
        return
    given = {(option.inside, option.name) for option in command.body}
    assert given == fields


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.words)
def test_what_is_shown_of_the_answer_is_in_it(command: Command) -> None:
    responses = operations()[command.call]["responses"]
    good = next(told for status, told in responses.items() if str(status).startswith("2"))
    if command.file:
        assert "application/json" not in good["content"]
        return
    properties = _resolved(good["content"]["application/json"]["schema"])["properties"]
    if command.rows:
        row = _resolved(properties[command.rows]["items"])["properties"]
        assert set(command.columns) <= set(row)
    named = {command.shown_once, command.lines, command.goes_on, command.fails} - {""}
    named |= set(re.findall(r"{(\w+)}", command.done)) - set(command.places)
    assert named <= set(properties)


def test_every_noun_is_told_in_the_help() -> None:
    nouns = {command.words.partition(" ")[0] for command in COMMANDS if " " in command.words}
    assert nouns == set(NOUNS)
    assert len({command.words for command in COMMANDS}) == len(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.words)
def test_every_command_has_a_help(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        Shell().run(*command.words.split(), "--help")
    assert left.value.code == 0
    assert "Exit status" in capsys.readouterr().out.replace("\n", " ")


def test_the_help_has_both_halves(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        Shell().run("--help")
    told = capsys.readouterr().out
    assert (
        told.index("through the API")
        < told.index("services")
        < told.index("on the server")
        < told.index("run")
    )


@pytest.mark.parametrize(
    "words", [(), ("services",), ("services", "nothing"), ("nothing",), ("services", "show")]
)
def test_half_a_command_is_status_2(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert "usage:" in Shell().usage(capsys, *words)


def test_a_flag_is_not_guessed_from_its_beginning(capsys: pytest.CaptureFixture[str]) -> None:
    assert "--ye" in Shell().usage(capsys, "services", "reset", "x", "--ye")


def test_a_field_inside_another_has_a_flag_of_its_own() -> None:
    option = Option("email", "receives the link", inside="first_administrator")
    assert option.flag == "--first-administrator-email"


def _schema_of(told: dict[str, Any]) -> dict[str, Any]:
    content = told.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return {}
    schema = content["application/json"]["schema"]
    # A body which may be left out is either of its shape or null.
    return _resolved(next((each for each in schema.get("anyOf", ()) if "$ref" in each), schema))


def _fields(schema: dict[str, Any], left_out: Collection[str]) -> set[tuple[str, str]]:
    found = set()
    for name, told in schema.get("properties", {}).items():
        if name in left_out:
            continue
        inner = _resolved(next((each for each in told.get("anyOf", ()) if "$ref" in each), told))
        inside = inner.get("properties")
        found |= {(name, each) for each in inside} if inside else {("", name)}
    return found


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = described()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found
