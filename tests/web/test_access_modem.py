"""PPP-2 on the page: « Le modem a été réinitialisé »."""

from django.test import Client

from linekey.records.models import Organisation
from linekey.usecases import renew_after_reset
from tests.build import Cast
from tests.web.conftest import seated
from tests.web.test_sip_password import operation_in

ACCESS = "/internet/xdsl-ab12345-1"
RESET = f"{ACCESS}/modem-reinitialise"


def test_ppp_2_the_button_renews_once_however_often_the_form_is_sent(ada: Client, cast: Cast) -> None:
    assert f'href="{RESET}"'.encode() in ada.get(ACCESS).content
    page = ada.get(RESET).content
    assert cast.access.versions.count() == 0
    assert b"a\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2@example.org" in page and b"password always changes" in page
    typed = {"operation": operation_in(page)}
    for _ in range(2):
        assert ada.post(RESET, typed).headers["Location"] == f"{ACCESS}#story"
    assert cast.access.versions.count() == 1


def test_new_5_with_links_the_page_says_that_nothing_changes_before(ada: Client, cast: Cast) -> None:
    Organisation.objects.filter(pk=cast.operator.pk).update(policy={})
    page = ada.get(RESET).content
    assert b"Nothing changes until it is opened" in page
    ada.post(RESET, {"operation": operation_in(page)})
    assert cast.access.versions.count() == 0


def test_ppp_2_a_boot_loop_is_refused_with_what_to_do(ada: Client) -> None:
    for _ in range(renew_after_reset.MOST):
        ada.post(RESET, {"operation": operation_in(ada.get(RESET).content)})
    refused = ada.post(RESET, {"operation": operation_in(ada.get(RESET).content)})
    assert refused.status_code == 429
    assert b"Check the modem" in refused.content


def test_for_somebody_else_s_modem_a_recent_proof_is_asked_for(cast: Cast) -> None:
    from datetime import timedelta

    asked = seated(cast.bruno, ago=timedelta(hours=1)).get(RESET)
    assert asked.status_code == 303 and "/confirmer" in asked.headers["Location"]
    assert seated(cast.bruno).get(RESET).status_code == 200


def test_a_modem_of_another_company_is_not_there(cast: Cast) -> None:
    assert seated(cast.eve).get(RESET).status_code == 404
