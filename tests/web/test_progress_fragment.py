"""The fragment a page asks for again and again: silent while nothing new happened."""

from django.test import Client

from linekey.records.models import OutboxEffect
from tests.build import GOOD_SIP_PASSWORD
from tests.web.test_sip_password import FORM, LINE, operation_in

FOLLOW = f"{LINE}/gestion/suivi"


def change(browser: Client) -> None:
    typed = {"password": GOOD_SIP_PASSWORD.reveal(), "operation": operation_in(browser.get(FORM).content)}
    assert browser.post(FORM, typed).status_code == 303


def test_it_is_silent_when_nothing_was_ever_changed(ada: Client) -> None:
    assert ada.get(FOLLOW).status_code == 204


def test_it_is_silent_while_nothing_new_happened(ada: Client) -> None:
    change(ada)
    told = ada.get(FOLLOW)
    assert told.status_code == 200
    assert ada.get(FOLLOW, {"vu": told.context["story"].print}).status_code == 204


def test_it_speaks_when_something_did(ada: Client) -> None:
    change(ada)
    seen = ada.get(FOLLOW).context["story"].print
    OutboxEffect.objects.filter(kind="push").update(state="done", result={"version": 1})
    told = ada.get(FOLLOW, {"vu": seen})
    assert told.status_code == 200
    assert b"The registrar takes the new password and refuses the old one." in told.content
    assert b'hx-swap-oob="innerHTML"' in told.content


def test_it_stops_asking_once_all_is_told(ada: Client) -> None:
    change(ada)
    OutboxEffect.objects.exclude(kind="watch").update(state="done")
    OutboxEffect.objects.filter(kind="watch").update(state="done", result={"back": True})
    assert b"hx-trigger" not in ada.get(FOLLOW).content
