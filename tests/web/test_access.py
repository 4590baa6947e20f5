"""PPP-3 and PPP-4 on the page: the box, the warning, new credentials once, and how far they are."""

from datetime import datetime

import pytest
from django.test import Client

from linekey.records.models import Observation, Organisation
from tests.build import Cast
from tests.web.test_sip_password import operation_in

ACCESS = "/internet/xdsl-ab12345-1"
SEND = f"{ACCESS}/identifiants"


def test_ppp_3_the_service_name_stands_in_the_box(ada: Client) -> None:
    page = ada.get(ACCESS).content
    assert b'<code id="service-name">xdsl-ab12345-1</code>' in page
    assert b"ab12345001@linekey.adsl" in page
    assert b"FTTH" in page


def test_ppp_4_the_warning_comes_before_the_button(ada: Client, cast: Cast) -> None:
    page = ada.get(SEND).content.decode()
    assert page.index("the session in progress is cut") < page.index("Send, and cut the session")
    assert "a•••@example.org" in page
    assert cast.access.versions.count() == 0


def test_ppp_4_sending_twice_the_same_form_is_one_change(ada: Client, cast: Cast) -> None:
    typed = {"operation": operation_in(ada.get(SEND).content)}
    for _ in range(2):
        assert ada.post(SEND, typed).headers["Location"] == f"{ACCESS}#story"
    assert cast.access.versions.count() == 1
    page = ada.get(ACCESS).content
    assert page.index(b"Credentials sent by e-mail") < page.index(b"Written on the RADIUS server")


def test_new_5_with_links_nothing_is_cut_before_the_link_is_opened(ada: Client, cast: Cast) -> None:
    Organisation.objects.filter(pk=cast.operator.pk).update(policy={})
    page = ada.get(SEND).content
    assert b"one-time link" in page
    assert b"Send me the link" in page
    ada.post(SEND, {"operation": operation_in(page)})
    assert cast.access.versions.count() == 0
    assert b"One-time link sent by e-mail" in ada.get(ACCESS).content


def test_the_session_and_the_log_are_told(ada: Client, cast: Cast, now: datetime) -> None:
    facts = {
        "sessions": [{"framed_address": "192.0.2.10", "nas_address": "198.51.100.1", "started_at": None}],
        "log": [{"at": "2026-03-02T09:30:00+00:00", "state": "reject", "message": "bad password"}],
    }
    Observation.objects.create(service=cast.access, seen_at=now, online=True, facts=facts)
    page = ada.get(ACCESS).content
    for told in (b"Connected", b"192.0.2.10", b"198.51.100.1", b"Login refused", b"bad password"):
        assert told in page


@pytest.mark.parametrize("facts", [{}, {"sessions": None, "log": "?"}, {"registrations": [{}]}])
def test_strange_facts_break_no_page(
    ada: Client, cast: Cast, now: datetime, facts: dict[str, object]
) -> None:
    for service, address in ((cast.access, ACCESS), (cast.line, "/telephonie/0033972101010")):
        Observation.objects.create(service=service, seen_at=now, online=False, facts=facts)
        assert ada.get(address).status_code == 200


class TestLookingAtTheNetwork:
    STATE = f"{ACCESS}/etat"
    HTMX = {"hx-request": "true", "hx-current-url": f"http://testserver{ACCESS}"}

    def test_asking_leaves_a_question_and_looks_for_the_answer(self, ada: Client) -> None:
        fragment = ada.post(self.STATE, headers=self.HTMX).content.decode()
        assert f'hx-get="{self.STATE}?vu=0&amp;essai=1"' in fragment

    def test_it_says_so_when_nobody_answers(self, ada: Client) -> None:
        fragment = ada.get(f"{self.STATE}?vu=0&essai=20", headers=self.HTMX).content
        assert b"No answer from the network within ten seconds." in fragment
        assert b"essai=" not in fragment

    def test_the_answer_ends_the_looking(self, ada: Client, cast: Cast, now: datetime) -> None:
        Observation.objects.create(service=cast.access, seen_at=now, online=True, facts={})
        fragment = ada.get(f"{self.STATE}?vu=0&essai=3", headers=self.HTMX).content
        assert b"essai=" not in fragment
        assert b"Connected" in fragment

    def test_without_javascript_the_page_comes_back(self, ada: Client) -> None:
        answer = ada.post(self.STATE, headers={"referer": f"http://testserver{ACCESS}"})
        assert answer.headers["Location"] == ACCESS
        assert b"The network is being asked." in ada.get(ACCESS).content
