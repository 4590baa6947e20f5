"""Every form an Authorization header can take, at every call: a bearer of ours opens, nothing else does."""

import base64
from collections.abc import Callable

import pytest
from django.test import Client

from linekey.domain.access import Scope
from linekey.usecases.manage_access_key import NewAccessKey
from tests.api.programs import (
    ACTING,
    ONCE,
    Call,
    Program,
    exchanged,
    key_of,
    refreshed,
    send,
)
from tests.build import PORTAL_PASSWORD, Cast

HERS = [
    call
    for call in ACTING
    if call.scope in (Scope.READ, Scope.CREDENTIALS)
    and not call.path.endswith(("/users", "/modem-reset", "/cut"))
    and "/campaigns" not in call.path
    and not ("/phone" in call.path and call.method != "GET")
]
"""Calls which Ada may make about her line."""
Form = Callable[[NewAccessKey, str, str], str]
"""Header of a key, its access token and its refresh token."""


def basic(*parts: str) -> str:
    return "Basic " + base64.b64encode(":".join(parts).encode()).decode()


GOOD: dict[str, Form] = {
    "token": lambda key, token, _: f"Bearer {token}",
    "secret of the key": lambda key, token, _: f"Bearer {key.secret.reveal()}",
    "lower case": lambda key, token, _: f"bearer {token}",
    "upper case": lambda key, token, _: f"BEARER {token}",
    "several blanks": lambda key, token, _: f"Bearer   {token}",
}
BAD: dict[str, Form] = {
    "empty": lambda key, token, _: "",
    "scheme alone": lambda key, token, _: "Bearer",
    "scheme and a blank": lambda key, token, _: "Bearer ",
    "token alone": lambda key, token, _: token,
    "token as scheme": lambda key, token, _: f"{token} Bearer",
    "no blank": lambda key, token, _: f"Bearer{token}",
    "colon": lambda key, token, _: f"Bearer: {token}",
    "tab": lambda key, token, _: f"Bearer\t{token}",
    "blank before": lambda key, token, _: f" Bearer {token}",
    "blank behind": lambda key, token, _: f"Bearer {token} ",
    "another behind": lambda key, token, _: f"Bearer {token} {token}",
    "header twice": lambda key, token, _: f"Bearer {token},Bearer {token}",
    "header twice, another first": lambda key, token, _: f"Basic eDp5, Bearer {token}",
    "quoted": lambda key, token, _: f'Bearer "{token}"',
    "as a parameter": lambda key, token, _: f"Bearer token={token}",
    "truncated": lambda key, token, _: f"Bearer {token[:-1]}",
    "one more": lambda key, token, _: f"Bearer {token}A",
    "padded": lambda key, token, _: f"Bearer {token}=",
    "without its prefix": lambda key, token, _: f"Bearer {token.removeprefix('lkat_')}",
    "another prefix": lambda key, token, _: f"Bearer lksk_{token.removeprefix('lkat_')}",
    "other case": lambda key, token, _: f"Bearer {token.swapcase()}",
    "refresh token": lambda key, token, refresh: f"Bearer {refresh}",
    "key ID": lambda key, token, _: f"Bearer {key.key_id}",
    "ID and secret by a dot": lambda key, token, _: f"Bearer {key.key_id}.{key.secret.reveal()}",
    "ID and secret by a colon": lambda key, token, _: f"Bearer {key.key_id}:{key.secret.reveal()}",
    "secret truncated": lambda key, token, _: f"Bearer {key.secret.reveal()[:-1]}",
    "Basic, ID and secret": lambda key, token, _: basic(key.key_id, key.secret.reveal()),
    "Basic, customer and password": lambda key, token, _: basic("ab12345-lk", PORTAL_PASSWORD.reveal()),
    "Basic, token": lambda key, token, _: basic("x", token),
    "Basic, not base64": lambda key, token, _: "Basic é",
    "Digest": lambda key, token, _: f'Digest username="{key.key_id}", response="{token}"',
    "Token": lambda key, token, _: f"Token {token}",
    "DPoP": lambda key, token, _: f"DPoP {token}",
    "Negotiate": lambda key, token, _: f"Negotiate {token}",
    "NUL": lambda key, token, _: f"Bearer {token}\0",
    "accents": lambda key, token, _: "Bearer été",
    "full-width": lambda key, token, _: f"Ｂearer {token}",
    "ten thousand letters": lambda key, token, _: "Bearer " + "a" * 10_000,
}


@pytest.fixture
def key(cast: Cast) -> NewAccessKey:
    return key_of(cast.bruno)


def attempt(call: Call, headers: dict[str, str], **more: object) -> int:
    return send(
        call.method,
        call.path,
        call.body,
        headers={"Idempotency-Key": ONCE, **headers},
        **more,  # type: ignore[arg-type]
    ).status


@pytest.mark.parametrize("call", HERS, ids=lambda call: call.name)
@pytest.mark.parametrize("form", GOOD)
def test_a_bearer_of_ours_opens_every_call(key: NewAccessKey, form: str, call: Call) -> None:
    token = exchanged(key).value["access_token"]
    assert attempt(call, {"Authorization": GOOD[form](key, token, "")}) in (200, 202)


@pytest.mark.parametrize("form", BAD)
def test_no_other_header_opens_any_call(key: NewAccessKey, form: str) -> None:
    tokens = exchanged(key).value
    header = BAD[form](key, tokens["access_token"], tokens["refresh_token"])
    assert {call.name: attempt(call, {"Authorization": header}) for call in ACTING} == {
        call.name: 401 for call in ACTING
    }


@pytest.mark.parametrize("call", ACTING, ids=lambda call: call.name)
def test_a_token_elsewhere_opens_nothing(key: NewAccessKey, call: Call) -> None:
    token = exchanged(key).value["access_token"]
    browser = Client()
    for name in ("access_token", "token", "Authorization", "sessionid", "linekey"):
        browser.cookies[name] = token
    headers = {"X-Access-Token": token, "X-Api-Key": token, "Proxy-Authorization": f"Bearer {token}"}
    assert attempt(call, headers, browser=browser) == 401
    answer = send(call.method, f"{call.path}?access_token={token}", {"access_token": token})
    assert answer.status == 401


@pytest.mark.parametrize("call", ACTING, ids=lambda call: call.name)
def test_a_session_of_the_portal_opens_nothing(cast: Cast, call: Call) -> None:
    browser = Client(headers={"accept-language": "fr"})
    typed = {"identifier": "ab12345-lk", "password": PORTAL_PASSWORD.reveal()}
    assert browser.post("/connexion", typed).status_code == 303
    assert browser.get("/").status_code == 200
    assert attempt(call, {}, browser=browser) == 401


def test_who_presents_nothing_is_told_how_and_who_presents_wrongly_that_it_is_wrong(ada: Program) -> None:
    """RFC 6750 section 3."""
    assert send("GET", "/api/v1/me").headers["WWW-Authenticate"] == "Bearer"
    for header in ("Bearer x", "Basic x", "Bearer"):
        answer = send("GET", "/api/v1/me", headers={"Authorization": header})
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert "WWW-Authenticate" not in ada.get("/me").headers


def test_what_opens_a_call_of_the_dialect_or_a_page_opens_none_here_and_the_other_way_round(
    cast: Cast, key: NewAccessKey
) -> None:
    bearer = {"Authorization": f"Bearer {key.secret.reveal()}"}
    assert Client().get("/1.0/me", headers=bearer).status_code == 403
    assert Client().get("/", headers=bearer).status_code == 303


def test_a_body_is_not_even_read_without_a_bearer(cast: Cast) -> None:
    answer = send("POST", "/api/v1/services/0033972101010/change", raw=b"{{{")
    assert (answer.status, answer.code) == (401, "access_key_not_valid")


def test_a_refreshed_token_opens_too(key: NewAccessKey) -> None:
    token = refreshed(exchanged(key).value["refresh_token"]).value["access_token"]
    assert Program(token).get("/me").value["customer_id"] == "bc23456-lk"
