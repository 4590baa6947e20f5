"""`/aide-connexion/dossier`: a case is opened by somebody who cannot sign in (ACC-7, ACC-8, TEAM-11)."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from linekey.domain.cases import CaseKind
from linekey.domain.limits import CASES
from linekey.records.models import Case, CaseDocument, OutboxEffect, Person, Tally
from linekey.web.cases.situations import SITUATIONS
from tests import cases
from tests.build import Cast
from tests.hands import Hands, work
from tests.web.conftest import HOSTILE, body_of, forms_of, seated
from tests.web_cases.conftest import FORM, TYPED, file, text_of

FIELDS = ("identifier", "name", "contact", "phone", "extension", "story", "documents")


class TestChoosing:
    def test_every_situation_says_what_is_asked_how_long_it_takes_and_what_is_faster(
        self, cast: Cast, stranger: Client
    ) -> None:
        page = text_of(stranger.get("/aide-connexion/dossier").content)
        assert {situation.kind for situation in SITUATIONS} == set(CaseKind)
        for situation in SITUATIONS:
            with translation.override("en"):
                title, asked, faster = map(str, (situation.title, situation.asked, situation.faster))
            assert all(told in page for told in (title, asked, faster))
            form = text_of(stranger.get(f"/aide-connexion/dossier/{situation.place}").content)
            assert asked in form and faster in form and "48 hours" in form
        assert "48 hours" in page and "recovery code" in page

    def test_the_waiting_time_is_the_operators_policy(self, cast: Cast, stranger: Client) -> None:
        cast.operator.policy |= {"case_wait_hours": 72}
        cast.operator.save()
        assert "72 hours" in text_of(stranger.get("/aide-connexion/dossier").content)

    @pytest.mark.parametrize("address", ["/aide-connexion", "/mot-de-passe-perdu"])
    def test_it_is_found_from_the_pages_where_one_is_stuck(
        self, cast: Cast, stranger: Client, address: str
    ) -> None:
        assert b'href="/aide-connexion/dossier"' in stranger.get(address).content

    def test_and_from_the_answer_about_a_link(self, cast: Cast, stranger: Client) -> None:
        answer = stranger.post("/mot-de-passe-perdu", {"identifier": "ab12345-lk"})
        assert b'href="/aide-connexion/dossier"' in answer.content

    def test_a_situation_nobody_knows_is_a_page_that_says_so(self, cast: Cast, stranger: Client) -> None:
        assert stranger.get("/aide-connexion/dossier/inconnue").status_code == 404


class TestSending:
    def test_the_reference_is_shown_and_the_link_is_in_the_mail_alone(
        self, cast: Cast, stranger: Client, hands: Hands
    ) -> None:
        answer = stranger.post(
            FORM, {**TYPED, "story": "Boîte fermée.", "documents": [file(), file("b.png")]}
        )
        case = Case.objects.get()
        assert (case.kind, case.contact, case.story) == ("dead_mailbox", cases.NEW_ADDRESS, "Boîte fermée.")
        assert case.documents.count() == 2
        assert answer.status_code == 200 and case.reference in text_of(answer.content)
        assert b"/dossier/" not in answer.content.replace(b"/aide-connexion/dossier", b"")
        work(hands)
        assert cases.follow_token(hands).reveal() not in answer.content.decode()

    @pytest.mark.parametrize("situation", SITUATIONS, ids=lambda each: each.place)
    def test_each_situation_opens_its_own_kind(self, cast: Cast, stranger: Client, situation: object) -> None:
        stranger.post(f"/aide-connexion/dossier/{situation.place}", TYPED)  # type: ignore[attr-defined]
        assert Case.objects.get().kind == situation.kind  # type: ignore[attr-defined]

    def test_the_name_of_a_file_is_kept_nowhere(self, cast: Cast, stranger: Client) -> None:
        stranger.post(FORM, {**TYPED, "documents": [file("passeport-ada-canari.png")]})
        document = CaseDocument.objects.get()
        assert "canari" not in str(vars(document)) and "canari" not in str(OutboxEffect.objects.values())

    def test_what_was_typed_comes_back_with_what_is_wrong(self, cast: Cast, stranger: Client) -> None:
        sent = {
            **TYPED,
            "contact": "pas une adresse",
            "phone": "06 12",
            "story": "Perdue.",
            "documents": file(),
        }
        answer = stranger.post(FORM, sent)
        page = answer.content.decode()
        assert answer.status_code == 422 and not Case.objects.exists()
        for kept in ("ab12345-lk", "Ada Lemoine", "pas une adresse", "06 12", "Perdue."):
            assert kept in page
        assert "not an e-mail address" in page
        assert "Choose the documents again" in page
        assert 'aria-invalid="true"' in page

    def test_nothing_typed_says_what_is_missing(self, cast: Cast, stranger: Client) -> None:
        page = text_of(stranger.post(FORM, {}).content)
        for missing in ("Say which account", "Type your name.", "Type your e-mail address."):
            assert missing in page

    def test_too_many_from_one_place_are_refused_with_what_was_typed(
        self, cast: Cast, stranger: Client
    ) -> None:
        now = timezone.now()
        until = now + timedelta(minutes=5)
        Tally.objects.create(key="case:network:127.0.0.0/24", count=CASES.most, since=now, until=until)
        answer = stranger.post(FORM, TYPED)
        assert answer.status_code == 429 and int(answer.headers["Retry-After"]) <= 300
        assert b"Too many attempts" in answer.content and b"Ada Lemoine" in answer.content

    def test_a_form_without_its_token_says_that_it_expired(self, cast: Cast) -> None:
        strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
        answer = strict.post(FORM, {**TYPED, "documents": file()})
        assert answer.status_code == 403 and b"This form has expired" in answer.content
        assert not Case.objects.exists()

    def test_somebody_signed_in_may_send_it_too(self, cast: Cast) -> None:
        """An administrator for a colleague, or somebody whose question is lost."""
        assert seated(cast.bruno).post(FORM, TYPED).status_code == 200

    @pytest.mark.parametrize("what", HOSTILE)
    def test_nothing_typed_is_a_fault_of_ours(
        self, cast: Cast, stranger: Client, hands: Hands, what: str
    ) -> None:
        answer = stranger.post(FORM, forms_of(FIELDS, HOSTILE[what]))
        assert answer.status_code in (200, 413, 422)
        assert b"<script>alert" not in answer.content
        for field in FIELDS[:-1]:
            answer = stranger.post(FORM, {**TYPED, field: HOSTILE[what]})
            assert answer.status_code in (200, 422, 429)
            assert b"<script>alert" not in answer.content
        work(hands)
        assert set(OutboxEffect.objects.values_list("state", flat=True)) <= {"done"}


class TestLaw7:
    """No stranger learns whether an account exists, what it has, or whether it is open."""

    def test_the_answer_and_the_work_are_the_same_whoever_exists(self, cast: Cast) -> None:
        Person.objects.filter(pk=cast.eve.pk).update(is_active=False)
        Person.objects.filter(pk=cast.bruno.pk).update(activated_at=None)
        seen = []
        for number, identifier in enumerate(
            ("ab12345-lk", "zz99999-lk", "ev67890-lk", "bc23456-lk", "x@nowhere.example", "+33612345678")
        ):
            browser = Client(headers={"accept-language": "en"}, REMOTE_ADDR=f"198.51.{number}.7")
            sent = {
                **TYPED,
                "identifier": identifier,
                "contact": f"a{number}@new.example",
                "documents": file(),
            }
            with CaptureQueriesContext(connection) as captured:
                answer = browser.post(FORM, sent)
            told = re.sub(r"DOS-\w{4}-\w{4}|a\d@new", "…", body_of(answer))
            verbs = tuple(query["sql"].split()[0] for query in captured.captured_queries)
            headers = {
                name: value
                for name, value in answer.headers.items()
                if name not in ("Expires", "X-Request-Id")
            }
            seen.append((answer.status_code, told, headers, sorted(answer.cookies), verbs))
        assert seen[0][0] == 200
        assert all(each == seen[0] for each in seen)

    def test_nor_by_the_page_of_the_case(self, cast: Cast, stranger: Client, hands: Hands) -> None:
        pages = []
        for identifier in ("ab12345-lk", "zz99999-lk"):
            stranger.post(FORM, {**TYPED, "identifier": identifier, "contact": f"x{identifier}@new.example"})
            work(hands)
            link = f"/dossier/{cases.follow_token(hands, f'x{identifier}@new.example').reveal()}"
            page = body_of(Client(headers={"accept-language": "en"}).get(link))
            pages.append(re.sub(r"DOS-\w{4}-\w{4}|/dossier/[\w-]+|[\d:-]{8,10}T[\d:+]+|\d+:\d+", "…", page))
        assert pages[0] == pages[1]
