"""Whatever is typed or written in an address, these pages answer in words and change nothing."""

from datetime import datetime
from urllib.parse import quote

import pytest
from django.test import Client

from linekey.records.models import AccessKey, Factor, Person
from tests.build import Cast
from tests.web_account.conftest import factor_of

STRANGE = ["\0", "%00", "é" * 300, "\u202e", "'; --", "<script>", "😀", "\r\nX: y", "٠١٢٣٤٥", "[]"]
TWO_STEP, CONTACTS, KEYS = "/compte/double-authentification", "/compte/coordonnees", "/compte/cles-d-acces"
NAMES = (
    "current",
    "password",
    "pin",
    "again",
    "question",
    "answer",
    "name",
    "flow",
    "code",
    "operation",
    "value",
    "language",
    "scopes",
    "networks",
    "last_day",
)


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize(
    "address",
    [
        f"{TWO_STEP}/application/{{}}",
        f"{TWO_STEP}/appareils/{{}}/nom",
        f"{TWO_STEP}/appareils/{{}}/retirer",
        f"{CONTACTS}/code/{{}}",
        f"{CONTACTS}/code/{{}}/renvoi",
        f"{CONTACTS}/{{}}",
        f"{CONTACTS}/{{}}/retirer",
        f"{KEYS}/{{}}/revocation",
        "/compte/activite?avant={}",
    ],
)
def test_in_an_address(ada: Client, strange: str, address: str) -> None:
    there = address.replace("{}", quote(strange, safe=""))
    assert ada.get(there).status_code < 500
    assert ada.post(there).status_code < 500


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize(
    "address",
    [
        "/compte/mot-de-passe",
        "/compte/mot-de-passe/verifier",
        "/compte/pin",
        f"{TWO_STEP}/application",
        f"{TWO_STEP}/cle",
        f"{TWO_STEP}/codes",
        f"{TWO_STEP}/codes/preuve",
        f"{CONTACTS}/secours",
        f"{CONTACTS}/langue",
        f"{KEYS}/nouvelle",
    ],
)
def test_in_a_form(ada: Client, cast: Cast, strange: str, address: str, now: datetime) -> None:
    factor_of(cast.ada, now, "ada")
    assert ada.post(address, dict.fromkeys(NAMES, strange)).status_code < 500
    assert ada.post(address, {name: [strange, strange] for name in NAMES}).status_code < 500
    kept = Person.objects.get(pk=cast.ada.pk)
    assert (kept.password, kept.pin, kept.email) == (cast.ada.password, "", cast.ada.email)
    assert Factor.objects.count() == 1 and not AccessKey.objects.exists()
