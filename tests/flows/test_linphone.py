"""A real Linphone sets itself up from the provisioning door and survives a rotation (SIP-6, NEW-1, NEW-2)."""

import re
import secrets
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.lab.elements import free_port, need
from tests.lab.linphone import Linphone
from tests.lab.product import Product, eventually

pytestmark = pytest.mark.real

LINE = "FPC172947"
"""A licence of the hosted PBX, which the reseller looks after."""
_KEY = """
from django.utils import timezone
from linekey.domain.access import Scope
from linekey.records import find
from linekey.records.models import Person
from linekey.usecases import manage_access_key
person, now = Person.objects.get(customer_id={customer_id!r}), timezone.now()
made = manage_access_key.create(actor=find.actor_of(person, confirmed_at=now), name="Postes",
    scopes=frozenset(Scope), networks=(), expires_at=None, now=now)
print("key:", made.secret.reveal())
"""


class Desk:
    """The reseller's program, which gives handsets to lines and resets them."""

    def __init__(self, product: Product) -> None:
        told = product.inside(_KEY.format(customer_id=product.account("reseller")["customer_id"]))
        self._bearer = told.rpartition("key: ")[2].split()[0]
        self._url = product.url.replace("//localhost", "//127.0.0.1")

    def call(self, method: str, path: str, body: object = None) -> Any:
        answer = httpx.request(
            method,
            f"{self._url}/api/v1/services/{LINE}{path}",
            json=body,
            headers={"Authorization": f"Bearer {self._bearer}", "Idempotency-Key": secrets.token_hex(16)},
        )
        assert answer.is_success, answer.text
        return answer.json()

    def story(self) -> dict[str, str]:
        """State of each step of the latest change."""
        change = self.call("GET", "/progress")["change"]
        return {step["kind"]: step["state"] for step in change["steps"]}

    def phone(self) -> Any:
        return self.call("GET", "/phone")["phone"]


def test_a_linphone_sets_itself_up_and_survives_a_rotation(product: Product, tmp_path: Path) -> None:
    need("linphonec")
    desk, port = Desk(product), free_port()
    given = desk.call("POST", "/phone", {"vendor": "linphone", "model": "Desktop"})
    with Linphone(tmp_path, port, given["address"]) as phone:
        assert phone.registered(), phone.said[-4000:]
        eventually(lambda: desk.story().get("fetch") == "done" and desk.story().get("watch") == "done")
    first = _ha1(phone)
    assert first and given["address"] not in phone.settings, "it comes back by an address of its own"
    assert [fetch["outcome"] for fetch in desk.phone()["fetches"]] == ["drawn"]

    with Linphone(tmp_path, port) as phone:
        assert phone.registered(), phone.said[-4000:]
        eventually(lambda: len(desk.phone()["fetches"]) == 2)
        assert desk.phone()["fetches"][0]["outcome"] == "settings", "nothing was drawn because it restarted"
        plan = desk.call("POST", "/phone/reset")["plan"]
        eventually(lambda: desk.story()["notify_phone"] == "done")
        assert desk.phone()["asked_at"], "a softphone knows no check-sync: it comes when it is restarted"
    assert _ha1(phone) == first
    kept = phone.settings

    with Linphone(tmp_path, port) as phone:
        assert phone.registered(), phone.said[-4000:]
        eventually(lambda: set(desk.story().values()) == {"done"})
    change = desk.call("GET", "/progress")["change"]
    assert change["plan"] == plan
    told = [step["kind"] for step in change["steps"]]
    assert told == ["notify_phone", "fetch", "push", "watch", "release"], "in grace: nothing was cut"
    assert "Linphone" in change["grace"]["used_by"]
    assert _ha1(phone) not in ("", first)
    page = desk.phone()
    assert (page["asked_at"], page["drifts"]) == (None, [])
    assert [fetch["outcome"] for fetch in page["fetches"]] == ["drawn", "settings", "drawn"]
    assert {fetch["by"] for fetch in page["fetches"]} == {"first", "steady"}
    _is_refused(kept, tmp_path / "copy")


def _is_refused(kept: str, home: Path) -> None:
    """Somebody kept a copy of the old settings."""
    home.mkdir()
    (home / "linphonerc").write_text(re.sub(r"(?m)^config-uri=.*$", "", kept))
    with Linphone(home, 0) as copy:
        assert copy.refused(), copy.said[-4000:]
        assert not copy.registered(seconds=0)


def _ha1(phone: Linphone) -> str:
    found = re.search(r"^ha1=(\w{32})$", phone.settings, re.MULTILINE)
    return found[1] if found else ""
