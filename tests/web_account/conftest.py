"""Browsers of the cast on their own account, at the present moment, and what an account may hold."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linekey.domain.secret import Secret
from linekey.records.models import (
    AccessKey,
    AuditEntry,
    Device,
    Factor,
    Flow,
    OpenSession,
    Person,
    RecoveryCode,
)
from linekey.vault import seal
from tests.build import Cast, build_cast, open_session

Browser = Callable[..., Client]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    return build_cast(now)


@pytest.fixture
def browser(cast: Cast, now: datetime) -> Browser:
    """`browser(cast.ada)` has just proved who they are; `browser(cast.ada, proved=False)` long ago."""

    def signed_in(person: Person, *, proved: bool = True) -> Client:
        client = Client(headers={"user-agent": FIREFOX})
        at = now if proved else now - timedelta(hours=1)
        session = client.session
        session["opened"] = open_session(person, now, confirmed_at=at).pk
        session["stamp"] = person.get_session_auth_hash()
        session["language"] = "en"
        session.save()
        return client

    return signed_in


@pytest.fixture
def ada(cast: Cast, browser: Browser) -> Client:
    return browser(cast.ada)


@dataclass(frozen=True)
class Things:
    """Everything an account may hold, one of each."""

    session: OpenSession
    device: Device
    factor: Factor
    key: AccessKey


def things_of(person: Person, now: datetime, mark: str) -> Things:
    """`mark` tells one thing from the other."""
    device = Device.objects.create(
        person=person,
        digest=f"{mark}-browser",
        told=IPHONE,
        address="203.0.113.9",
        first_seen_at=now - timedelta(days=9),
        last_used_at=now - timedelta(days=1),
        trusted_until=now + timedelta(days=30),
    )
    session = OpenSession.objects.create(
        person=person,
        device=device,
        told=IPHONE,
        address="203.0.113.9",
        network="203.0.113.0/24",
        method="totp",
        opened_at=now - timedelta(hours=2),
        seen_at=now,
        confirmed_at=now,
    )
    return Things(session, device, factor_of(person, now, mark), key_of(person, now, mark))


def factor_of(person: Person, now: datetime, mark: str, kind: str = "totp") -> Factor:
    uid = f"{mark}-factor".ljust(32, "0")
    return Factor.objects.create(
        uid=uid,
        person=person,
        kind=kind,
        name=f"Tablette {mark}",
        created_at=now,
        credential_digest=unique_digest(uid) if kind == "key" else None,
        sealed=b"sealed-canary",
    )


def key_of(person: Person, now: datetime, mark: str) -> AccessKey:
    return AccessKey.objects.create(
        person=person,
        key_id=f"LKAK{mark.upper():A<16}"[:20],
        digest=unique_digest(mark),
        name=f"Sauvegarde {mark}",
        scopes=["read"],
        networks=["192.0.2.0/24"],
        created_at=now,
        expires_at=now + timedelta(days=30),
    )


def codes_of(person: Person, now: datetime, count: int = 10, *, proven: bool = True) -> None:
    for number in range(count):
        RecoveryCode.objects.create(
            person=person,
            sheet="sheet",
            label=f"AA{number:02}",
            encoded="hash-canary",
            made_at=now,
            proven_at=now if proven else None,
        )


def happened(person: Person, now: datetime, action: str, count: int = 1, **facts: str) -> None:
    AuditEntry.objects.bulk_create(
        AuditEntry(at=now, actor=person, person=person, door="portal", action=action, path="1.", facts=facts)
        for _ in range(count)
    )


def unique_digest(text: str) -> str:
    return text.encode().hex().ljust(64, "0")[:64]


def operation_in(page: bytes) -> str:
    found = re.search(rb'name="operation" value="([0-9a-f]{32})"', page)
    assert found
    return found[1].decode()


def shown_once_in(page: bytes) -> str:
    found = re.search(rb'id="shown-once"[^>]*>([^<]+)<', page)
    assert found
    return found[1].decode().strip()


def send_code(flow: Flow, code: str, now: datetime) -> None:
    """What the worker does: the code lies in the mailbox, its hash in the flow."""
    flow.code = seal.encoded(Secret(code))
    flow.code_expires_at = now + timedelta(minutes=10)
    flow.save()
