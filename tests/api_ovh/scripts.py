"""A script of an integrator: its keys, and how it signs. Written from the protocol, not from our code."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from linekey.records.models import Person
from linekey.usecases.create_application import create_with_key
from tests.build import actor

BASE = "https://api.desk.example:8443"
"""One of LINEKEY_OVH_URLS while these tests run; the test client itself says `testserver`."""
EVERYTHING = [(method, "/*") for method in ("GET", "POST", "PUT", "DELETE")]


@dataclass(frozen=True)
class Script:
    application_key: str
    application_secret: str
    consumer_key: str
    base: str = BASE

    def sign(self, method: str, url: str, body: bytes, timestamp: int | str) -> dict[str, str]:
        """The four headers, as Django's test client takes them."""
        parts = [self.application_secret, self.consumer_key, method, url]
        material = "+".join(parts).encode() + b"+" + body + b"+" + str(timestamp).encode()
        return {
            "X-Ovh-Application": self.application_key,
            "X-Ovh-Consumer": self.consumer_key,
            "X-Ovh-Timestamp": str(timestamp),
            "X-Ovh-Signature": "$1$" + hashlib.sha1(material, usedforsecurity=False).hexdigest(),
        }

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        raw: bytes | None = None,
        prefix: str = "/1.0",
        at: int | None = None,
        address: str = "192.0.2.7",
        **headers: str,
    ) -> "Answer":
        """`path` as it goes over the wire, percent-encoded, with its query."""
        sent = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        timestamp = at if at is not None else int(timezone.now().timestamp())
        signed = self.sign(method, f"{self.base}{prefix}{path}", sent, timestamp)
        return send(method, f"{prefix}{path}", sent, {**signed, **headers}, address)

    def get(self, path: str, **more: Any) -> "Answer":
        return self.call("GET", path, **more)

    def post(self, path: str, body: object = None, **more: Any) -> "Answer":
        return self.call("POST", path, body, **more)

    def but(self, **changed: str) -> "Script":
        return replace(self, **changed)


@dataclass(frozen=True)
class Answer:
    status: int
    value: Any
    headers: dict[str, str]

    @property
    def error(self) -> str:
        return str(self.value["errorCode"])


def send(
    method: str, target: str, body: bytes, headers: dict[str, str], address: str = "192.0.2.7"
) -> Answer:
    # gunicorn's RAW_URI holds what the request line said; Django's test client has decoded it.
    response = Client().generic(
        method,
        target,
        body,
        content_type="application/json",
        headers=headers,
        RAW_URI=target,
        REMOTE_ADDR=address,
    )
    value = json.loads(response.content) if response.content else None
    return Answer(response.status_code, value, dict(response.headers))


def script_of(
    person: Person,
    rules: Sequence[tuple[str, str]] = EVERYTHING,
    *,
    allowed_ips: Sequence[str] = (),
    lasts: timedelta | None = None,
) -> Script:
    """A script with a validated consumer key of `person`'s."""
    now = timezone.now()
    made, consumer_key = create_with_key(
        actor=actor(person, now),
        name="Script",
        description="",
        rules=rules,
        allowed_ips=allowed_ips,
        lasts=lasts,
        now=now,
    )
    return Script(made.key, made.secret.reveal(), consumer_key.reveal())
