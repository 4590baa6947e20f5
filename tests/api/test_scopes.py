"""What a key includes: every scope at every call, and nothing widens it."""

from collections.abc import Callable

import pytest

from linekey.domain.access import SCOPE_OF, Action, Scope
from linekey.records.models import CredentialVersion, OutboxEffect
from linekey.usecases.manage_access_key import NewAccessKey
from tests.api.programs import ACTING, CALLS, ONCE, Call, Program, key_of, send
from tests.build import Cast

ELSEWHERE = ("/campaigns", "/cases", "/users", "/settings", "/members", "/cut", "/phone", "/webhooks/")
REACHED = ("not_found", "not_allowed", "malformed", "not_on_yourself", "grace_over", "no_phone")


@pytest.mark.parametrize("call", ACTING, ids=lambda call: call.name)
@pytest.mark.parametrize("scope", Scope)
def test_a_key_does_what_it_includes_and_nothing_else(cast: Cast, call: Call, scope: Scope) -> None:
    _require_opens_for_its_scope_alone(cast, call, {scope}, Program.with_token)


@pytest.mark.parametrize("call", ACTING, ids=lambda call: call.name)
def test_a_key_that_includes_everything_else_is_refused(cast: Cast, call: Call) -> None:
    _require_opens_for_its_scope_alone(cast, call, set(Scope) - {Scope(call.scope)}, Program.with_secret)


@pytest.mark.parametrize("call", ACTING, ids=lambda call: call.name)
def test_a_key_that_includes_everything_opens_every_call(cast: Cast, call: Call) -> None:
    _require_opens_for_its_scope_alone(cast, call, set(Scope), Program.with_secret)


def _require_opens_for_its_scope_alone(
    cast: Cast, call: Call, scopes: set[Scope], presented: Callable[[NewAccessKey], Program]
) -> None:
    opens = (call.method, call.path) == ("POST", "/api/v1/organisations")
    program = presented(key_of(cast.chen if opens else cast.bruno, scopes))
    OutboxEffect.objects.all().delete()
    path = call.path.removeprefix("/api/v1").replace("{organisation}", str(cast.lumen.pk))
    answer = program.call(call.method, path, call.body)
    if Scope(call.scope) in scopes:
        # Where this line and this administrator have no part, the call is at least reached.
        elsewhere = any(word in call.path for word in ELSEWHERE)
        assert answer.status in (200, 201, 202) or (elsewhere and answer.code in REACHED)
        return
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
    assert {call.scope for call in ACTING} <= set(Scope)


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
