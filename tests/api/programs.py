"""A program of a customer's: its key, what it sends; and the description, where every answer must stand."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.test import Client
from django.utils import timezone

from linekey.api.urls import document
from linekey.domain.access import Scope
from linekey.records.models import Person
from linekey.usecases import manage_access_key
from linekey.usecases.manage_access_key import NewAccessKey
from tests.build import GOOD_SIP_PASSWORD, actor

EXCHANGE = "/authentication/v1/token/access-key"
REFRESH = "/authentication/v1/token"
LINE = "0033972101010"
ACCESS = "xdsl-ab12345-1"
PBX = "CTX-00217"
MEMBER = "ab12345-lk"
_ONE = "/api/v1/members/{customer_id}"
OF_MEMBERS: dict[tuple[str, str], object] = {
    ("post", "/api/v1/members"): {
        "first_name": "Nour",
        "last_name": "Dupré",
        "email": "nour@example.org",
        "role": "subscriber",
    },
    ("put", f"{_ONE}/disabled"): {"reason": "administrator"},
    ("put", f"{_ONE}/role"): {"role": "company_admin"},
    ("post", f"{_ONE}/reset"): {"way": "link"},
}
"""Bodies of the calls about members."""
_PLACE = "/api/v1/organisations/{organisation}"
OF_ORGANISATIONS: dict[tuple[str, str], object] = {
    ("post", "/api/v1/organisations"): {"kind": "customer", "name": "Neuve & Cie"},
    ("patch", _PLACE): {"name": "Lumen & Fils"},
    ("patch", f"{_PLACE}/policy"): {"lock_after": 7},
    ("put", f"{_PLACE}/policy/preset"): {"preset": "anssi"},
}
"""Bodies of the calls about organisations; their number is another in every database, and stays open."""
OF_CAMPAIGNS: dict[tuple[str, str], object] = {
    ("post", "/api/v1/campaigns"): {"name": "Fuite de mars", "filters": {"kind": "sip_line"}},
    ("post", "/api/v1/campaigns/{campaign}/files"): {"passphrase": "huit chevaux mangent du foin"},
}
"""Bodies of the calls about campaigns."""
OF_WEBHOOKS: dict[tuple[str, str], object] = {
    ("post", "/api/v1/webhooks"): {"name": "ERP", "url": "https://erp.lumen.example/in"},
}
ONCE = "5f1c7c1e-7f0b-4c43-9f0e-6f5b0c1c2d3e"
ADDRESS = "192.0.2.7"
OUTSIDE_EVERY_CALL = {"unknown_call", "method_not_allowed"}


@dataclass(frozen=True)
class Answer:
    status: int
    value: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> str:
        return str(self.value["code"])


@dataclass(frozen=True)
class Call:
    """One operation of the description, with a request that could succeed."""

    method: str
    path: str
    scope: str
    """Empty for the calls which want no bearer."""
    body: object

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def _calls() -> Iterator[Call]:
    for template, methods in described()["paths"].items():
        for method, told in methods.items():
            path = template.replace("{reference}", ACCESS if template.endswith("/modem-reset") else LINE)
            body: object = {"password": GOOD_SIP_PASSWORD.reveal()} if path.endswith("/change") else None
            path, body = path.replace("{customer_id}", MEMBER), OF_MEMBERS.get((method, template), body)
            body = OF_ORGANISATIONS.get((method, template), body)
            body = OF_CAMPAIGNS.get((method, template), body)
            body = OF_WEBHOOKS.get((method, template), body)
            path = path.replace(LINE, PBX) if path.endswith("/users") else path
            if (method, template) == ("post", "/api/v1/services/{reference}/phone"):
                body = {"vendor": "yealink", "model": "T46U", "mac": "00:15:65:aa:bb:cc"}
            body = {"name": "Accueil"} if method == "patch" and path.endswith("/settings") else body
            yield Call(method.upper(), path, told.get("x-scope", ""), body)


@cache
def described() -> dict[str, Any]:
    """The document as it goes over the wire."""
    found: dict[str, Any] = json.loads(json.dumps(document()))
    return found


def send(
    method: str,
    path: str,
    body: object = None,
    *,
    raw: bytes | None = None,
    address: str = ADDRESS,
    browser: Client | None = None,
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    sent = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
    response = (browser or Client()).generic(
        method, path, sent, content_type, headers=dict(headers or {}), REMOTE_ADDR=address
    )
    # A file is told as it is; everything else is JSON.
    is_file = response.headers["Content-Type"].startswith(("text/csv", "application/octet-stream"))
    told = response.getvalue().decode() if is_file else response.json()
    answer = Answer(response.status_code, told, response.headers)
    _require_described(method, path.partition("?")[0], answer)
    if answer.status >= 400:
        # Each answer has a number of its own; what is compared is what it says.
        answer.value.pop("instance")
    return answer


def _require_described(method: str, path: str, answer: Answer) -> None:
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Language"] == "en"
    assert "Set-Cookie" not in answer.headers and "Access-Control-Allow-Origin" not in answer.headers
    if answer.status >= 400:
        require_problem(answer)
    told = _told_of(method, path)
    if told is None or (answer.status >= 400 and answer.code in OUTSIDE_EVERY_CALL):
        return
    content = told["responses"][str(answer.status)]["content"]
    if answer.status >= 400:
        assert answer.code in content["application/problem+json"]["examples"]
    else:
        assert answer.headers["Content-Type"].partition(";")[0] in content


def require_problem(answer: Answer) -> None:
    """RFC 9457, and nothing of ours is left out or made up."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = dict(answer.value)
    assert problem.pop("status") == answer.status
    assert problem.pop("type") == f"urn:linekey:problem:{answer.code}"
    assert re.fullmatch(r"[a-z_]+", problem.pop("code"))
    for name in ("title", "detail", "next_step"):
        text = problem.pop(name)
        assert text and "%(" not in text
    assert problem.pop("instance") == f"urn:linekey:request:{answer.headers['X-Request-Id']}"
    assert set(problem) <= {"field", "broken"}


def _told_of(method: str, path: str) -> dict[str, Any] | None:
    for template, methods in described()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            told: dict[str, Any] | None = methods.get(method.lower())
            return told
    return None


def key_of(
    person: Person,
    scopes: Iterable[Scope] = Scope,
    networks: Iterable[str] = (),
    expires_at: datetime | None = None,
) -> NewAccessKey:
    now = timezone.now()
    return manage_access_key.create(
        actor=actor(person, now),
        name="Sauvegarde",
        scopes=frozenset(scopes),
        networks=networks,
        expires_at=expires_at,
        now=now,
    )


def exchanged(key: NewAccessKey, address: str = ADDRESS) -> Answer:
    parts = {"accessKeyId": key.key_id, "accessKeySecret": key.secret.reveal()}
    return send("POST", EXCHANGE, parts, address=address)


def refreshed(token: str, address: str = ADDRESS) -> Answer:
    return send("POST", REFRESH, {"grant_type": "refresh_token", "refresh_token": token}, address=address)


CALLS = tuple(_calls())
ACTING = tuple(call for call in CALLS if call.scope)
"""Those which act for somebody, and so want a bearer."""


@dataclass(frozen=True)
class Program:
    bearer: str

    @classmethod
    def with_token(cls, key: NewAccessKey) -> "Program":
        return cls(exchanged(key).value["access_token"])

    @classmethod
    def with_secret(cls, key: NewAccessKey) -> "Program":
        return cls(key.secret.reveal())

    def call(self, method: str, path: str, body: object = None, once: str = ONCE, **more: Any) -> Answer:
        """`path` behind /api/v1."""
        headers = {"Authorization": f"Bearer {self.bearer}", "Idempotency-Key": once}
        return send(method, f"/api/v1{path}", body, headers=headers, **more)

    def get(self, path: str, **more: Any) -> Answer:
        return self.call("GET", path, **more)

    def post(self, path: str, body: object = None, **more: Any) -> Answer:
        return self.call("POST", path, body, **more)
