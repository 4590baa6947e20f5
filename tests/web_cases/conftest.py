"""A stranger at the form, agents at their desk, a case between them; at the present moment, as pages look."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from linekey.domain.cases import CaseKind
from linekey.records.models import Person
from tests import cases
from tests.build import Cast
from tests.hands import Hands
from tests.web.conftest import seated

FORM = "/aide-connexion/dossier/boite-perdue"
TYPED = {"identifier": "ab12345-lk", "name": "Ada Lemoine", "contact": cases.NEW_ADDRESS}
Seat = Callable[..., Client]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def stranger(db: None) -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def dina(cast: Cast) -> Client:
    return seated(cast.dina)


@pytest.fixture
def olivia(cast: Cast) -> Client:
    return seated(cast.olivia)


@pytest.fixture
def case(cast: Cast, hands: Hands, now: datetime) -> str:
    """Ada's: her mailbox is dead. The worker found her account, and wrote to her new address."""
    return cases.a_case(now, hands)


@pytest.fixture
def link(case: str, hands: Hands) -> str:
    """Ada's own link to the case."""
    return f"/dossier/{cases.follow_token(hands).reveal()}"


def opened(hands: Hands, now: datetime, kind: CaseKind, person: Person, **changed: Any) -> str:
    return cases.a_case(now, hands, kind=kind, identifier=person.customer_id, **changed)


def file(name: str = "carte.png", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, cases.png() if content is None else content)


def text_of(page: bytes) -> str:
    """What a person reads: without tags, blanks as one."""
    shown = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page.decode(), flags=re.DOTALL)
    return " ".join(shown.replace("&#x27;", "'").split())
