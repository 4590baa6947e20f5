"""Law 11 for programs: every call of the description × whose key it is × what they see and do not see.

Which scope and which roles a call wants stand in the description itself (`x-scope`, `x-roles`); that a key
without the scope is refused is proven in `tests/api/test_scopes.py`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from linekey.domain.access import MAY, SCOPE_OF, Action
from tests.api.programs import described, key_of
from tests.laws.state import body_of, state_of_everything, unnamed
from tests.laws.world import LOOKERS, ROLES_OF, UNKNOWN, World, build_world

TAKES = {"reference": "service", "customer_id": "person", "organisation": "organisation"}
"""What the words in a path name. Cases have a reference too, and a test of their own."""


@dataclass(frozen=True)
class Operation:
    method: str
    template: str
    roles: frozenset[str]
    scope: str
    body: object

    @property
    def words(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.template)

    @property
    def kind(self) -> str:
        return TAKES.get(self.words[0], "") if len(self.words) == 1 and "/cases" not in self.template else ""


def _operations() -> Iterator[Operation]:
    for template, methods in described()["paths"].items():
        for method, told in methods.items():
            if "x-scope" in told:
                yield Operation(
                    method.upper(), template, frozenset(told["x-roles"]), told["x-scope"], _body(told)
                )


def _body(told: dict[str, Any]) -> object:
    """A body that can be read, from the examples of the description."""
    content = told.get("requestBody", {}).get("content", {}).get("application/json")
    return _example(content["schema"]) if content else None


def _example(schema: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _example(described()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    for where in ("example", "default", "const"):
        if where in schema:
            return schema[where]
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _example(schema["anyOf"][0])
    if schema.get("type") == "object":
        wanted = schema.get("required", [])
        return {name: _example(schema["properties"][name]) for name in wanted}
    return {"array": [], "integer": 1, "boolean": False, "null": None}.get(schema["type"], "x")


OPERATIONS = list(_operations())


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def test_every_call_tells_a_scope_and_the_roles_which_domain_access_has_for_it() -> None:
    allowed = {
        (scope.value, frozenset(role.value for role in MAY[action])) for action, scope in SCOPE_OF.items()
    }
    assert {(call.scope, call.roles) for call in OPERATIONS} <= allowed
    assert {action for action in Action if action not in SCOPE_OF} == {Action.DELIVER, Action.OPERATE}


@pytest.mark.parametrize("name", LOOKERS)
def test_what_a_key_does_not_see_and_what_nobody_has_are_one_answer(world: World, name: str) -> None:
    who, ask = world.actor(name), _caller(world, name)
    ask(OPERATIONS[0], "")  # A key used for the first time from somewhere is written down, once.
    before, faults = state_of_everything(), []
    for call in OPERATIONS:
        if not call.kind:
            continue
        unknown = ask(call, UNKNOWN[call.kind])
        for thing in world.foreign(who, call.kind):
            foreign = ask(call, thing.address)
            if foreign != unknown:
                faults.append(f"{call.method} {call.template} {thing.address}: {foreign} for {unknown}")
            allowed = ROLES_OF[name] in call.roles
            if foreign[0] != 404 and (allowed or foreign[0] != 403):
                faults.append(f"{call.method} {call.template} {thing.address}: {foreign[0]}")
    assert faults == []
    assert state_of_everything() == before


@pytest.mark.parametrize("name", LOOKERS)
def test_a_call_is_open_to_the_roles_it_tells_and_shows_nothing_foreign(world: World, name: str) -> None:
    who, ask = world.actor(name), _caller(world, name)
    hidden, faults = world.secret_words(who), []
    for call in OPERATIONS:
        if call.words and not call.kind:
            continue
        named = [thing.address for thing in world.seen(who, call.kind)] if call.kind else [""]
        for address in named:
            status, body = ask(call, address)
            told = f"{call.method} {call.template} {address}: {status}"
            if status >= 500:
                faults.append(told)
            if ROLES_OF[name] not in call.roles and status not in (403, 404, 409):
                faults.append(f"{told}, the role has no right to it")
            # 404: a line has no users, whoever asks.
            if ROLES_OF[name] in call.roles and call.method == "GET" and status not in (200, 404):
                faults.append(f"{told}, though the role has the right")
            faults += [f"{told} shows {word}" for word in hidden if word in body]
    assert faults == []


def _caller(world: World, name: str) -> Any:
    """Asks one call about one thing: status, and body without the name that was asked."""
    browser, bearer = Client(), key_of(world.people[name]).secret.reveal()
    number = iter(range(1_000_000))

    def ask(call: Operation, named: str) -> tuple[int, str]:
        path = re.sub(r"\{\w+\}", named, call.template)
        sent = b"" if call.body is None else json.dumps(call.body).encode()
        headers = {"Authorization": f"Bearer {bearer}", "Idempotency-Key": f"matrix-{next(number):08d}"}
        answer = browser.generic(call.method, path, sent, "application/json", headers=headers)
        return answer.status_code, unnamed(body_of(answer), named)

    return ask
