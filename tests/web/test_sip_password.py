"""SIP-1 to SIP-5 on the page: conditions first, ticks while typing, one change per form."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linekey.records.models import CredentialVersion, Service
from tests.build import GOOD_SIP_PASSWORD, Cast
from tests.web.conftest import SignIn

LINE = "/telephonie/0033972101010"
FORM = f"{LINE}/gestion/mot-de-passe"
RESET = f"{LINE}/gestion/reinitialiser"
GOOD = GOOD_SIP_PASSWORD.reveal()


def operation_in(page: bytes) -> str:
    found = re.search(rb'name="operation" value="([0-9a-f]{32})"', page)
    assert found
    return found[1].decode()


def secret_in(page: bytes) -> str:
    found = re.search(rb'id="shown-once"[^>]*>([^<]+)<', page)
    assert found
    return found[1].decode()


def test_sip_2_the_conditions_stand_there_before_typing(ada: Client) -> None:
    page = ada.get(FORM).content
    assert page.count(b'<li class="open">') == 7
    assert b"Between 8 and 20 characters" in page


def test_sip_2_they_are_ticked_while_typing(ada: Client) -> None:
    page = ada.post(f"{FORM}/verifier", {"password": "lemoine"}).content
    assert page.count(b'class="bad"') == 3
    assert page.count(b'class="good"') == 4


def test_sip_2_and_enforced_by_the_server(ada: Client, cast: Cast) -> None:
    answer = ada.post(FORM, {"password": "lemoine", "operation": operation_in(ada.get(FORM).content)})
    assert answer.status_code == 422
    assert answer.content.count(b'class="bad"') == 3
    assert cast.line.versions.count() == 0


def test_a_good_one_is_recorded_and_followed(ada: Client, cast: Cast) -> None:
    answer = ada.post(FORM, {"password": GOOD, "operation": operation_in(ada.get(FORM).content)})
    assert answer.headers["Location"] == f"{LINE}/gestion#story"
    page = ada.get(f"{LINE}/gestion").content.decode()
    assert "The change is under way." in page
    assert f'hx-get="{LINE}/gestion/suivi?vu=' in page
    assert GOOD not in page


def test_the_same_form_sent_twice_is_one_change(ada: Client, cast: Cast) -> None:
    typed = {"password": GOOD, "operation": operation_in(ada.get(FORM).content)}
    assert [ada.post(FORM, typed).status_code for _ in range(2)] == [303, 303]
    assert cast.line.versions.count() == 1


def test_sip_4_a_password_the_line_already_had_is_refused(ada: Client) -> None:
    for expected in (303, 422):
        typed = {"password": GOOD, "operation": operation_in(ada.get(FORM).content)}
        assert ada.post(FORM, typed).status_code == expected


def test_sip_4_the_page_tells_the_age_and_reminds(ada: Client, cast: Cast) -> None:
    ada.post(FORM, {"password": GOOD, "operation": operation_in(ada.get(FORM).content)})
    assert b"less than a day" in ada.get(f"{LINE}/gestion").content
    CredentialVersion.objects.update(created_at=timezone.now() - timedelta(days=100))
    assert b"It is more than 90 days old: renew it." in ada.get(f"{LINE}/gestion").content
    assert b"it is time to renew it" in ada.get("/").content


class TestGreyedOut:
    def test_sip_3_with_the_reason_when_a_plug_and_phone_owns_it(self, ada: Client) -> None:
        page = ada.get("/telephonie/0033972101011/gestion").content.decode()
        assert 'aria-disabled="true"' in page
        assert "Plug &amp; Phone handset (Yealink T46U), which receives its password by itself" in page
        assert "/telephonie/0033972101011/gestion/mot-de-passe" not in page

    @pytest.mark.parametrize("page", ["mot-de-passe", "reinitialiser"])
    def test_sip_3_and_whoever_types_the_address_reads_it_too(self, ada: Client, page: str) -> None:
        answer = ada.get(f"/telephonie/0033972101011/gestion/{page}")
        assert answer.status_code == 409
        assert b"Yealink T46U" in answer.content

    def test_when_the_service_is_not_active(self, ada: Client, cast: Cast) -> None:
        Service.objects.filter(pk=cast.line.pk).update(state="suspended")
        assert b"This service is not active" in ada.get(f"{LINE}/gestion").content
        assert ada.get(FORM).status_code == 409

    def test_when_the_role_chooses_no_passwords(self, cast: Cast, sign_in: SignIn) -> None:
        dina = sign_in(cast.dina)
        assert b"Your role does not include this action." in dina.get(f"{LINE}/gestion").content
        assert dina.get(FORM).status_code == 403


class TestReset:
    def test_asking_names_number_and_consequence_and_changes_nothing(self, ada: Client, cast: Cast) -> None:
        page = ada.get(RESET).content.decode()
        assert "09\u00a072\u00a010\u00a010\u00a010" in page
        assert "interrupted until the phone is set up again" in page
        assert cast.line.versions.count() == 0

    def test_ctx_6_the_secret_is_shown_once_and_stands_on_no_other_page(
        self, ada: Client, cast: Cast
    ) -> None:
        typed = {"operation": operation_in(ada.get(RESET).content)}
        shown = ada.post(RESET, typed)
        assert shown.status_code == 200
        assert shown.headers["Cache-Control"] == "no-store"
        secret = secret_in(shown.content)
        assert shown.content.decode().count(secret) == 1
        again = ada.post(RESET, typed)
        assert again.status_code == 409
        assert b"already shown once" in again.content
        for address in ("/", LINE, f"{LINE}/gestion", RESET):
            assert secret not in ada.get(address).content.decode()
        assert secret not in repr(dict(ada.session))
        assert cast.line.versions.count() == 1


def test_the_support_desk_cannot_try_guesses_at_a_password(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.dina).post(f"{FORM}/verifier", {"password": GOOD}).status_code == 403
