"""What a key includes: every scope at every call, and nothing widens it."""

from itertools import chain, combinations

import pytest

from linekey.domain.access import SCOPE_OF, Action, Scope
from linekey.records.models import CredentialVersion, OutboxEffect
from tests.api.programs import ACTING, CALLS, ONCE, Call, Program, key_of, send
from tests.build import Cast

SCOPES = [set(each) for each in chain.from_iterable(combinations(Scope, size) for size in (1, 2))]


@pytest.mark.parametrize("call", ACTING, ids=lambda call: call.name)
@pytest.mark.parametrize("scopes", SCOPES, ids=lambda scopes: "+".join(sorted(scopes)))
@pytest.mark.parametrize("door", [Program.with_token, Program.with_secret], ids=["token", "secret"])
def test_a_key_does_what_it_includes_and_nothing_else(
    cast: Cast, call: Call, scopes: set[Scope], door: object
) -> None:
    program: Program = door(key_of(cast.bruno, scopes))  # type: ignore[operator]
    OutboxEffect.objects.all().delete()
    answer = program.call(call.method, call.path.removeprefix("/api/v1"), call.body)
    if Scope(call.scope) in scopes:
        assert answer.status in (200, 202)
    else:
        assert (answer.status, answer.code) == (403, "scope_not_granted")
        assert call.scope in answer.value["next_step"]
        challenge = answer.headers["WWW-Authenticate"]
        assert challenge == f'Bearer error="insufficient_scope", scope="{call.scope}"'
        assert not OutboxEffect.objects.exists() and not CredentialVersion.objects.exists()


def test_every_call_but_the_exchange_wants_a_scope() -> None:
    """Whoever adds a call says what it is for: without a scope it has no bearer, and it is missed here."""
    assert {call.path for call in CALLS if not call.scope} == {
        "/authentication/v1/token",
        "/authentication/v1/token/access-key",
    }
    assert {call.scope for call in ACTING if call.method == "GET"} == {Scope.READ}
    assert {call.scope for call in ACTING if call.method == "POST"} == {Scope.CREDENTIALS}


def test_no_key_delivers_operates_or_does_what_nobody_decided_about() -> None:
    assert set(Action) - set(SCOPE_OF) == {Action.DELIVER, Action.OPERATE}


def test_a_key_says_what_it_includes(cast: Cast) -> None:
    for scopes in ({Scope.READ}, {Scope.READ, Scope.CREDENTIALS}):
        assert set(Program.with_token(key_of(cast.ada, scopes)).get("/me").value["scopes"]) == scopes


def test_a_key_that_only_reads_is_offered_no_action(cast: Cast, reader: Program, ada: Program) -> None:
    assert ada.get("/services/0033972101010").value["actions"] == ["change", "reset", "send"]
    assert reader.get("/services/0033972101010").value["actions"] == []


def test_scopes_are_not_a_matter_of_what_is_sent(cast: Cast, reader: Program) -> None:
    headers = {"Authorization": f"Bearer {reader.bearer}", "Idempotency-Key": ONCE, "X-Scope": "credentials"}
    path = "/api/v1/services/0033972101010/reset?scope=credentials"
    answer = send("POST", path, {"scopes": ["credentials"], "role": "operator_admin"}, headers=headers)
    assert (answer.status, answer.code) == (403, "scope_not_granted")
