"""`/dossier/<token>`: the applicant sees where the case stands, and everybody warned can stop it."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from linekey.domain.cases import FOLLOWED, LAPSES, CaseEffect, CaseState
from linekey.domain.secret import Secret
from linekey.records.models import Case, CaseDocument, CaseStep, Person
from linekey.usecases import decide_case, stop_case, work_case
from linekey.vault import seal
from tests import cases
from tests.build import Cast, actor
from tests.hands import Hands, work
from tests.laws.links import LINKS, issue
from tests.web.conftest import HOSTILE, body_of, forms_of, seated
from tests.web_cases.conftest import file, text_of

PAGES = ("", "/retirer")


def stages_of(page: bytes) -> list[str]:
    """Each stage of the picture, as it is read aloud."""
    found = re.findall(r'<p class="step-title">(.*?)</p>', page.decode(), re.DOTALL)
    return [text_of(each.encode()) for each in found]


class TestLooking:
    def test_it_consumes_nothing_and_shows_no_content(self, cast: Cast, stranger: Client, link: str) -> None:
        for _ in range(2):
            stranger.get(link)
        answer = stranger.get(link)
        page = text_of(answer.content)
        assert answer.status_code == 200 and Case.objects.get().contact_verified_at is None
        assert "PNG" in page and "bytes" in page and "Document 1" in page
        assert "Received – done" in page and "Is this your address?" in page
        assert "Ma boîte" not in page and cast.ada.email not in page and cast.ada.customer_id not in page

    @pytest.mark.parametrize("place", PAGES)
    def test_its_address_is_told_to_nobody_and_kept_nowhere(
        self, stranger: Client, link: str, place: str
    ) -> None:
        answer = stranger.get(link + place)
        assert answer.headers["Referrer-Policy"] == "strict-origin"
        assert answer.headers["Cache-Control"] == "no-store"
        assert b'name="robots" content="noindex"' in answer.content

    def test_the_picture_tells_how_far_it_is(
        self, cast: Cast, stranger: Client, hands: Hands, now: datetime
    ) -> None:
        reference = cases.decided(cast, hands, now)
        link = f"/dossier/{cases.follow_token(hands).reveal()}"
        page = stranger.get(link).content
        assert stages_of(page) == [
            "Received – done",
            "Your address confirmed – done",
            "Checked by support – done",
            "Decided, and time to object – under way",
            "Carried out – to come",
        ]
        assert "decided in your favour" in text_of(page)
        Case.objects.filter(reference=reference).update(state=CaseState.DONE, ended_at=now)
        assert stages_of(stranger.get(link).content)[-1] == "Carried out – done"

    def test_a_case_turned_down_says_why_and_how_long_documents_stay(
        self, cast: Cast, stranger: Client, case: str, link: str, now: datetime
    ) -> None:
        words = "Le nom n’est pas le bon."
        decide_case.refuse(actor=actor(cast.dina, now), reference=case, words=words, now=now)
        page = stranger.get(link).content
        assert words in text_of(page) and "Your documents are erased" in text_of(page)
        assert "Checked by support – ended here" in stages_of(page)
        assert b"<form" not in page.partition(b"<main")[2].partition(b"</main")[0]

    def test_a_second_agents_disagreement_is_not_the_applicants_to_see(
        self, cast: Cast, stranger: Client, case: str, link: str, now: datetime
    ) -> None:
        before = text_of(stranger.get(link).content)
        Case.objects.filter(reference=case).update(state=CaseState.PROPOSED)
        assert "Checked by support – under way" in text_of(stranger.get(link).content)
        assert "Support is checking" in text_of(stranger.get(link).content) or "Confirm it below" in before


class TestAnswering:
    def test_the_mailbox_is_confirmed_by_a_button(self, stranger: Client, link: str) -> None:
        assert stranger.get(f"{link}/adresse").status_code == 405
        assert stranger.post(f"{link}/adresse").headers["Location"] == link
        page = text_of(stranger.get(link).content)
        assert "Your address is confirmed." in page and "Is this your address?" not in page

    def test_what_was_asked_for_is_read_and_answered(
        self, cast: Cast, stranger: Client, case: str, link: str, now: datetime
    ) -> None:
        words = "Le verso de la carte manque."
        work_case.ask(actor=actor(cast.dina, now), reference=case, words=words, now=now)
        page = text_of(stranger.get(link).content)
        assert words in page and "What support asks for" in page and "thirty days" in page
        assert timedelta(days=30) == LAPSES
        answer = stranger.post(link, {"words": "Le voici.", "documents": [file("verso.png")]})
        assert answer.headers["Location"] == link
        found = Case.objects.get()
        assert found.state == CaseState.REVIEW and found.documents.count() == 2
        assert "It is with support now." in text_of(stranger.get(link).content)

    def test_an_empty_answer_says_so(self, stranger: Client, link: str) -> None:
        answer = stranger.post(link, {})
        assert answer.status_code == 422
        assert "Write something, or choose a document." in text_of(answer.content)

    def test_a_file_that_is_none_is_named_and_the_words_are_kept(self, stranger: Client, link: str) -> None:
        answer = stranger.post(link, {"words": "Voilà.", "documents": [file("a.pdf", b"nothing")]})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "a.pdf – This file cannot be taken" in text_of(answer.content) and "Voilà." in page

    def test_no_more_than_five_in_all(self, stranger: Client, link: str) -> None:
        def several(count: int) -> dict[str, object]:
            return {"words": "", "documents": [file(f"{number}.png") for number in range(count)]}

        answer = stranger.post(link, several(5))
        assert "Choose at most 4 files: you chose 5." in text_of(answer.content)
        assert stranger.post(link, several(4)).status_code == 303
        assert "has them" in text_of(stranger.get(link).content)

    def test_a_case_that_ended_meanwhile_shows_where_it_stands(self, stranger: Client, link: str) -> None:
        Case.objects.update(state=CaseState.STOPPED)
        for place, sent in (("", {"words": "Bonjour"}), ("/adresse", {}), ("/retirer", {})):
            assert stranger.post(link + place, sent).headers["Location"] == link
            assert "no longer waits for this" in text_of(stranger.get(link).content)
        assert stranger.get(f"{link}/retirer").headers["Location"] == link

    @pytest.mark.parametrize("what", HOSTILE)
    def test_nothing_typed_is_a_fault_of_ours(self, stranger: Client, link: str, what: str) -> None:
        answer = stranger.post(link, forms_of(("words", "documents"), HOSTILE[what]))
        assert answer.status_code in (303, 422)
        assert b"<script>alert" not in stranger.get(link).content


class TestWithdrawing:
    def test_it_names_what_follows_and_erases_at_once(self, stranger: Client, case: str, link: str) -> None:
        page = text_of(stranger.get(f"{link}/retirer").content)
        assert case in page and "documents are erased at once" in page
        assert Case.objects.get().state == CaseState.OPEN
        assert stranger.post(f"{link}/retirer").headers["Location"] == link
        assert Case.objects.get().state == CaseState.WITHDRAWN
        assert not any(bytes(kept.sealed) for kept in CaseDocument.objects.all())
        assert "withdrawn" in text_of(stranger.get(link).content)


class TestItWasNotMe:
    @pytest.fixture
    def stop(self, cast: Cast, hands: Hands, now: datetime) -> str:
        """In the warning to Ada's former address."""
        cases.decided(cast, hands, now)
        return f"/dossier/{cases.stop_token(hands, cast.ada.email).reveal()}/arreter"

    def test_the_link_explains_and_the_button_stops(
        self, cast: Cast, stranger: Client, hands: Hands, stop: str
    ) -> None:
        stranger.get(stop)
        page = text_of(stranger.get(stop).content)
        assert cast.ada.customer_id in page and "unless you stop it now" in page
        assert "a••@example.org" in page and cases.NEW_ADDRESS not in page
        assert Case.objects.get().state == CaseState.WAITING
        answer = stranger.post(stop)
        assert answer.status_code == 200 and "It is stopped" in text_of(answer.content)
        assert Case.objects.get().state == CaseState.STOPPED
        assert "It is stopped" in text_of(stranger.get(stop).content)
        assert "It is stopped" in text_of(stranger.post(stop).content)
        assert Person.objects.get(pk=cast.ada.pk).email == cast.ada.email

    @pytest.mark.parametrize(
        ("state", "told"),
        [(CaseState.DONE, "too late"), (CaseState.REFUSED, "There is nothing to stop")],
    )
    def test_afterwards_it_says_so(
        self, cast: Cast, stranger: Client, stop: str, state: CaseState, told: str
    ) -> None:
        Case.objects.update(state=state)
        for answer in (stranger.get(stop), stranger.post(stop)):
            assert told in text_of(answer.content)

    def test_it_is_told_to_nobody_and_kept_nowhere(self, stranger: Client, stop: str) -> None:
        answer = stranger.get(stop)
        assert answer.headers["Referrer-Policy"] == "strict-origin"
        assert answer.headers["Cache-Control"] == "no-store"

    def test_the_applicants_own_link_stops_nothing_and_this_one_follows_nothing(
        self, cast: Cast, stranger: Client, hands: Hands, stop: str
    ) -> None:
        """Law 8."""
        follow = cases.follow_token(hands).reveal()
        assert stranger.get(f"/dossier/{follow}/arreter").status_code == 410
        assert stranger.post(f"/dossier/{follow}/arreter").status_code == 410
        token = stop.removesuffix("/arreter")
        for place in ("", "/retirer", "/adresse"):
            assert stranger.post(token + place, {"words": "x"}).status_code == 410
        assert stranger.get(token).status_code == 410
        assert Case.objects.get().state == CaseState.WAITING
        now = Case.objects.get().changed_at
        assert stop_case.look(token=Secret(token.removeprefix("/dossier/")), now=now).may_stop


class TestOver:
    @pytest.mark.parametrize("place", ["", "/arreter", "/retirer"])
    def test_a_link_nobody_was_sent_opens_nothing(self, cast: Cast, stranger: Client, place: str) -> None:
        for token in ("x", "y" * 43, seal.new_token().reveal(), "a%00b", "é" * 300):
            answer = stranger.get(f"/dossier/{token}{place}")
            assert answer.status_code == 410
            assert "This link is no longer valid" in text_of(answer.content)
            assert b'href="/aide-connexion/dossier"' in answer.content
            assert stranger.post(f"/dossier/{token}{place}", {"words": "x"}).status_code == 410

    @pytest.mark.parametrize("other", LINKS)
    def test_a_link_of_another_purpose_is_refused(
        self, cast: Cast, stranger: Client, now: datetime, other: str
    ) -> None:
        """Law 8."""
        token = issue(cast, other, now).reveal()
        for place in ("", "/arreter", "/retirer", "/adresse"):
            assert stranger.post(f"/dossier/{token}{place}", {"words": "x"}).status_code == 410

    @pytest.mark.parametrize("address", ["/mot-de-passe-perdu/", "/activation/", "/lien/"])
    def test_and_this_one_opens_nothing_else(self, stranger: Client, link: str, address: str) -> None:
        assert stranger.get(link.replace("/dossier/", address)).status_code == 410

    def test_a_month_after_its_end_it_opens_no_longer(
        self, stranger: Client, link: str, now: datetime
    ) -> None:
        Case.objects.update(state=CaseState.REFUSED, ended_at=now - FOLLOWED + timedelta(hours=1))
        assert stranger.get(link).status_code == 200
        Case.objects.update(ended_at=now - FOLLOWED)
        assert stranger.get(link).status_code == 410

    def test_the_page_is_the_same_for_everybody(self, cast: Cast, stranger: Client, link: str) -> None:
        """A session gives no more right to somebody else's case than a stranger has."""
        plain = body_of(stranger.get(link))
        for person in (cast.ada, cast.eve, cast.chen, cast.dina):
            assert body_of(seated(person).get(link)) == plain


def test_law_5_no_token_is_in_the_journal(cast: Cast, stranger: Client, link: str, hands: Hands) -> None:
    stranger.post(f"{link}/adresse")
    work(hands)
    assert link.removeprefix("/dossier/") not in str(list(CaseStep.objects.values()))
    assert CaseEffect.REPLACE_EMAIL.value not in text_of(stranger.get(link).content)
