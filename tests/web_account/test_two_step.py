"""ACC-2 and ACC-8: devices and keys are added once they worked, named, and taken away by name."""

import json
import re
from datetime import datetime

import pyotp
import pytest
from django.test import Client
from pytest_django import Settings

from linekey.domain.factors import MOST_FACTORS
from linekey.records.models import Factor, Flow, RecoveryCode
from tests.build import Cast
from tests.lab.authenticator import Authenticator
from tests.web_account.conftest import Browser, codes_of, factor_of, operation_in, shown_once_in

PAGE = "/compte/double-authentification"
TOTP, KEY, CODES = f"{PAGE}/application", f"{PAGE}/cle", f"{PAGE}/codes"


def begun(browser: Client, name: str = "Mon téléphone") -> str:
    """The page with the QR code."""
    return browser.post(TOTP, {"name": name}).headers["Location"]


def seed_in(page: bytes) -> str:
    found = re.search(rb'id="seed">([A-Z2-7 ]+)<', page)
    assert found
    return found[1].decode().replace(" ", "")


def drawn(browser: Client) -> list[str]:
    return shown_once_in(
        browser.post(CODES, {"operation": operation_in(browser.get(CODES).content)}).content
    ).split()


class TestApplication:
    def test_it_is_scanned_or_typed_or_opened_and_nothing_is_asked_of_anybody_else(self, ada: Client) -> None:
        page = ada.get(begun(ada)).content
        assert b'<svg role="img" aria-label="QR code for the authenticator application"' in page
        assert b'style="' not in page
        assert b'href="otpauth://totp/' in page
        assert re.search(rb'id="seed">[A-Z2-7]{4}( [A-Z2-7]{4})+<', page)

    def test_it_is_kept_once_a_code_was_right_and_its_seed_is_shown_no_more(
        self, ada: Client, cast: Cast
    ) -> None:
        address = begun(ada)
        seed = seed_in(ada.get(address).content)
        assert seed_in(ada.get(address).content) == seed
        wrong = ada.post(address, {"code": "000000"})
        assert wrong.status_code == 422
        assert b"This is not the right code" in wrong.content
        assert not Factor.objects.exists()
        assert ada.post(address, {"code": pyotp.TOTP(seed).now()}).headers["Location"] == CODES
        assert b"It works" in ada.get(CODES).content
        assert Factor.objects.get(person=cast.ada).name == "Mon téléphone"
        assert ada.get(address).headers["Location"] == TOTP
        for place in (PAGE, TOTP, CODES):
            assert seed.encode() not in ada.get(place).content

    def test_with_codes_at_home_the_list_comes_next(self, ada: Client, cast: Cast, now: datetime) -> None:
        factor_of(cast.ada, now, "first")
        codes_of(cast.ada, now)
        address = begun(ada, "")
        code = pyotp.TOTP(seed_in(ada.get(address).content)).now()
        assert ada.post(address, {"code": code}).headers["Location"] == PAGE

    def test_after_too_many_wrong_codes_it_begins_again(self, ada: Client) -> None:
        address = begun(ada)
        for _ in range(4):
            assert ada.post(address, {"code": "000000"}).status_code == 422
        assert ada.post(address, {"code": "000000"}).headers["Location"] == TOTP
        assert b"This step is over" in ada.get(TOTP).content

    def test_what_one_began_is_nothing_to_another(
        self, ada: Client, cast: Cast, browser: Browser, now: datetime
    ) -> None:
        address = begun(ada)
        eve = browser(cast.eve)
        eve.cookies["linekey-browser"] = ada.cookies["linekey-browser"].value
        assert eve.get(address).headers["Location"] == TOTP

    @pytest.mark.parametrize("code", ["", "x" * 5000, "é", "12 34"])
    def test_nonsense_is_a_wrong_code(self, ada: Client, code: str) -> None:
        assert ada.post(begun(ada), {"code": code}).status_code == 422


class TestKey:
    def test_looking_at_the_page_begins_nothing(self, ada: Client) -> None:
        page = ada.get(KEY).content
        assert f'data-webauthn="create" data-begin="{KEY}/debut"'.encode() in page
        assert b"data-webauthn-without" in page and b"js/passkey.js" in page
        assert not Flow.objects.exists()

    def test_the_challenge_is_drawn_when_the_button_is_pressed(self, ada: Client, cast: Cast) -> None:
        answer = ada.post(f"{KEY}/debut").json()
        assert answer["flow"] == Flow.objects.get(person=cast.ada).reference
        assert answer["options"]["challenge"] == Flow.objects.get().challenge

    def test_it_is_kept_by_its_name_once_it_answered(
        self, ada: Client, cast: Cast, settings: Settings
    ) -> None:
        settings.LINEKEY_PUBLIC_URL = "https://desk.linekey.test"
        ada.get(KEY)
        begun = ada.post(f"{KEY}/debut").json()
        answer = Authenticator(origin=settings.LINEKEY_PUBLIC_URL).create(begun["options"])
        typed = {"flow": begun["flow"], "answer": json.dumps(answer), "name": "Clé bleue"}
        assert ada.post(KEY, typed).headers["Location"] == CODES
        factor = Factor.objects.get(person=cast.ada)
        assert (factor.name, factor.kind, factor.passkey) == ("Clé bleue", "key", True)
        assert factor.credential_id not in ada.get(PAGE).content.decode()
        assert ada.post(KEY, typed).headers["Location"] == KEY
        assert Factor.objects.count() == 1

    @pytest.mark.parametrize("answer", ["", "{}", "[]", "null", "{" * 3, "[" * 60_000, '{"rawId": 7}'])
    def test_what_no_key_says_is_refused(self, ada: Client, answer: str) -> None:
        ada.get(KEY)
        flow = ada.post(f"{KEY}/debut").json()["flow"]
        told = ada.post(KEY, {"flow": flow, "answer": answer, "name": "Clé bleue"})
        assert told.status_code == 422
        assert b"could not be accepted" in told.content
        assert not Factor.objects.exists()

    @pytest.mark.parametrize("flow", ["", "nothing", "\0", "x" * 70])
    def test_an_answer_to_no_question_begins_again(self, ada: Client, flow: str) -> None:
        told = ada.post(KEY, {"flow": flow, "answer": "{}", "name": "Clé bleue"})
        assert told.status_code in (303, 422)
        assert not Factor.objects.exists()


class TestList:
    def test_it_names_each_thing_and_tells_when_it_was_used(
        self, ada: Client, cast: Cast, now: datetime
    ) -> None:
        assert b"Two-step verification is off" in ada.get(PAGE).content
        factor_of(cast.ada, now, "bleue", "key")
        Factor.objects.update(last_used_at=now, passkey=True)
        factor_of(cast.ada, now, "rouge")
        page = ada.get(PAGE).content.decode()
        assert "Tablette bleue" in page and "Passkey: signs you in without the password too" in page
        assert "Last used today" in page and "Never used to sign in yet" in page

    def test_a_thing_is_renamed(self, ada: Client, cast: Cast, now: datetime) -> None:
        factor = factor_of(cast.ada, now, "bleue")
        address = f"{PAGE}/appareils/{factor.uid}/nom"
        assert b'value="Tablette bleue"' in ada.get(address).content
        for name, status in (("", 422), ("x" * 61, 422), ("a\0b", 422), ("Clé du bureau", 303)):
            assert ada.post(address, {"name": name}).status_code == status
        assert Factor.objects.get().name == "Clé du bureau"

    def test_a_thing_is_removed_after_its_name_and_the_consequence_were_told(
        self, ada: Client, cast: Cast, now: datetime
    ) -> None:
        first, last = factor_of(cast.ada, now, "bleue", "key"), factor_of(cast.ada, now, "rouge")
        codes_of(cast.ada, now)
        asked = ada.get(f"{PAGE}/appareils/{first.uid}/retirer").content
        assert b"Tablette bleue" in asked and b"It is your last one" not in asked
        assert Factor.objects.count() == 2
        assert ada.post(f"{PAGE}/appareils/{first.uid}/retirer").headers["Location"] == PAGE
        assert "“Tablette bleue” is removed.".encode() in ada.get(PAGE).content
        assert b"It is your last one" in ada.get(f"{PAGE}/appareils/{last.uid}/retirer").content
        ada.post(f"{PAGE}/appareils/{last.uid}/retirer")
        assert not Factor.objects.exists() and not RecoveryCode.objects.exists()

    def test_when_the_account_is_full_the_page_says_so(self, ada: Client, cast: Cast, now: datetime) -> None:
        for number in range(MOST_FACTORS):
            factor_of(cast.ada, now, f"n{number}")
        assert b"remove one to add another" in ada.get(PAGE).content
        assert ada.post(TOTP, {"name": "une de trop"}).status_code == 409


class TestRecoveryCodes:
    @pytest.fixture(autouse=True)
    def factor(self, cast: Cast, now: datetime) -> Factor:
        return factor_of(cast.ada, now, "bleue")

    def test_they_are_shown_once_and_stand_on_no_other_page(self, ada: Client, cast: Cast) -> None:
        typed = {"operation": operation_in(ada.get(CODES).content)}
        answer = ada.post(CODES, typed)
        assert answer.headers["Cache-Control"] == "no-store"
        codes = shown_once_in(answer.content).split()
        assert len(set(codes)) == 10
        again = ada.post(CODES, typed)
        assert again.headers["Location"] == CODES
        pages = [
            ada.get(address).content.decode() for address in (CODES, PAGE, "/compte", "/compte/activite")
        ]
        assert "already shown once" in pages[0]
        assert not [code for code in codes for page in pages if code in page]
        assert codes[0] not in repr(dict(ada.session))
        assert RecoveryCode.objects.filter(person=cast.ada).count() == 10

    def test_a_sheet_counts_once_one_of_it_was_typed(self, ada: Client, cast: Cast) -> None:
        codes = drawn(ada)
        assert b"The new sheet is not in force yet" in ada.get(PAGE).content
        for typed in ("", "K7PD-W2QX-9MHT-4BRA", "x" * 5000):
            assert ada.post(f"{CODES}/preuve", {"code": typed}).status_code == 422
        assert ada.post(f"{CODES}/preuve", {"code": codes[4].lower()}).headers["Location"] == PAGE
        page = ada.get(PAGE).content
        assert b"Your new recovery codes are in force." in page
        assert b"10 of 10 left" in page

    def test_few_codes_are_a_warning_and_none_is_louder(self, ada: Client, cast: Cast, now: datetime) -> None:
        assert b"None left" in ada.get(CODES).content
        codes_of(cast.ada, now, 2)
        page = ada.get(CODES).content
        assert b"2 of 10 left" in page and b"Few codes are left" in page

    def test_without_a_factor_there_is_nothing_they_could_complete(self, ada: Client, factor: Factor) -> None:
        factor.delete()
        assert ada.get(CODES).status_code == 409

    def test_a_form_that_was_tampered_with_draws_nothing(self, ada: Client) -> None:
        assert ada.post(CODES, {"operation": "x"}).status_code == 400
        assert not RecoveryCode.objects.exists()
