"""Disable, enable, another role, no second factor, an invitation: from the page to what has changed."""

from datetime import datetime

import pytest

from linekey.records.models import AuditEntry, Factor, OutboxEffect, Person
from tests.build import Cast
from tests.hands import Hands, work
from tests.web.conftest import seated
from tests.web_members.test_reset import operation_in

ONE = "/membres/ab12345-lk"
NOUR = {"first_name": "Nour", "last_name": "Dupré", "email": "nour@example.org", "role": "subscriber"}


def test_an_account_is_disabled_for_a_reason_and_opened_again(cast: Cast) -> None:
    bruno, ada = seated(cast.bruno), seated(cast.ada)
    without = bruno.post(f"{ONE}/desactiver", {})
    assert without.status_code == 422 and b"Choose one." in without.content
    assert bruno.post(f"{ONE}/desactiver", {"choice": "payment"}).status_code == 422
    assert bruno.post(f"{ONE}/desactiver", {"choice": "administrator"}).headers["Location"] == ONE
    assert ada.get("/compte").headers["Location"].startswith("/connexion")
    page = bruno.get(ONE).content.decode()
    assert "by an administrator" in page and f"{ONE}/reactiver" in page
    bruno.post(f"{ONE}/reactiver")
    assert Person.objects.get(pk=cast.ada.pk).is_active


def test_a_role_is_one_of_those_one_may_give(cast: Cast) -> None:
    bruno = seated(cast.bruno)
    page = bruno.get(f"{ONE}/role").content.decode()
    assert 'value="company_admin"' in page and 'value="primary_admin"' not in page
    assert bruno.post(f"{ONE}/role", {"choice": "primary_admin"}).status_code == 422
    assert bruno.post(f"{ONE}/role", {"choice": "company_admin"}).headers["Location"] == ONE
    assert Person.objects.get(pk=cast.ada.pk).role == "company_admin"
    taken = seated(cast.chen).post(f"{ONE}/role", {"choice": "primary_admin"})
    assert taken.status_code == 409


def test_second_factors_go_but_not_a_primary_administrators(cast: Cast, now: datetime) -> None:
    for number, person in enumerate((cast.ada, cast.bruno)):
        Factor.objects.create(uid=f"{number:032}", person=person, kind="totp", name="t", created_at=now)
    assert seated(cast.bruno).post(f"{ONE}/double-authentification").headers["Location"] == ONE
    for who in (cast.chen, cast.dina, cast.olivia):
        answer = seated(who).get("/membres/bc23456-lk/double-authentification")
        assert answer.status_code == 409 and b"through a case" in answer.content
    assert Factor.objects.get().person == cast.bruno


class TestInviting:
    def test_sends_one_welcome_however_often_the_form_is_sent(self, cast: Cast, hands: Hands) -> None:
        bruno = seated(cast.bruno)
        form = NOUR | {"operation": operation_in(bruno.get("/membres/inviter").content.decode())}
        for _ in range(2):
            assert bruno.post("/membres/inviter", form).headers["Location"] == "/membres"
        page = bruno.get("/membres").content.decode()
        assert "Dupré" in page and "was sent already" in page
        work(hands)
        (mail,) = hands.mail.mails
        assert mail.address == "nour@example.org"

    def test_a_reseller_invites_into_a_company_of_theirs(self, cast: Cast) -> None:
        chen = seated(cast.chen)
        address = f"/membres/inviter?organisation={cast.lumen.pk}"
        page = chen.get(address).content.decode()
        assert "Atelier Lumen" in page and 'value="company_admin"' in page
        form = NOUR | {"operation": operation_in(page), "role": "company_admin"}
        assert chen.post(address, form).status_code == 303
        assert Person.objects.get(email="nour@example.org").organisation == cast.lumen
        assert chen.get(f"/membres/inviter?organisation={cast.verne.pk}").status_code == 404

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"email": "nour"}, "email"),
            ({"phone": "12"}, "phone"),
            ({"first_name": "<b>"}, "first_name"),
            ({"role": "primary_admin"}, "role"),
            ({"role": "operator_admin"}, "role"),
        ],
    )
    def test_says_beside_the_field_what_is_wrong(self, cast: Cast, wrong: dict[str, str], field: str) -> None:
        chen = seated(cast.chen)
        address = f"/membres/inviter?organisation={cast.lumen.pk}"
        form = NOUR | {"operation": operation_in(chen.get(address).content.decode())} | wrong
        answer = chen.post(address, form)
        assert answer.status_code == 422 and f'id="id_{field}_error"' in answer.content.decode()
        assert not OutboxEffect.objects.exists() and not AuditEntry.objects.exists()
