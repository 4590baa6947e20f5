"""`/dossiers`: agents see what is claimed beside what we know, check proofs one by one, and decide in two."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from linekey.domain.access import Role
from linekey.domain.cases import CaseEffect, CaseKind, CaseState
from linekey.domain.secret import Secret
from linekey.records.models import AuditEntry, Case, CaseStep, Person
from linekey.usecases import decide_case
from tests import cases
from tests.build import PORTAL_PASSWORD, Cast, actor
from tests.hands import Hands, work
from tests.lab.second_factors import add_app, add_codes
from tests.usecases.reading import code_in
from tests.web.conftest import HOSTILE, seated
from tests.web_cases.conftest import opened, text_of

POSTS = ("compte", "appel", "appel/code", "code-de-secours", "poste", "demande", "note", "documents")
ASKS = ("decision?effet=replace_email", "accord", "renvoi", "refus")


def page_of(browser: Client, reference: str, place: str = "") -> str:
    answer = browser.get(f"/dossiers/{reference}{place}")
    assert answer.status_code == 200, answer.headers
    return text_of(answer.content)


def uids(reference: str) -> list[str]:
    return list(Case.objects.get(reference=reference).documents.values_list("uid", flat=True))


class TestWho:
    @pytest.mark.parametrize("name", ["ada", "bruno", "chen", "eve"])
    def test_cases_are_for_staff_alone(self, cast: Cast, case: str, name: str) -> None:
        browser = seated(getattr(cast, name))
        assert browser.get("/dossiers").status_code == 403
        for place in ("", *(f"/{each}" for each in ASKS)):
            assert browser.get(f"/dossiers/{case}{place}").status_code == 403
        for place in POSTS:
            assert browser.post(f"/dossiers/{case}/{place}", {"words": "x"}).status_code == 403
        for uid in uids(case):
            assert browser.post(f"/dossiers/{case}/documents/{uid}").status_code == 403
        assert not CaseStep.objects.exclude(kind="opened").exists()
        assert cases.NEW_ADDRESS not in browser.get(f"/dossiers/{case}").content.decode()

    def test_a_stranger_signs_in_first(self, cast: Cast, stranger: Client, case: str) -> None:
        for place in ("/dossiers", f"/dossiers/{case}"):
            assert stranger.get(place).headers["Location"].startswith("/connexion")
        for uid in uids(case):
            assert stranger.post(f"/dossiers/{case}/documents/{uid}").headers["Location"].startswith("/conn")

    def test_what_is_not_there_is_said(self, cast: Cast, dina: Client) -> None:
        for reference in ("DOS-0000-0000", "x", "é" * 100, "a%00b"):
            assert dina.get(f"/dossiers/{reference}").status_code == 404

    def test_nobody_works_on_a_case_about_somebody_above_them(
        self, cast: Cast, dina: Client, hands: Hands, now: datetime
    ) -> None:
        reference = opened(hands, now, CaseKind.DEAD_MAILBOX, cast.olivia)
        assert "Ask for more" not in page_of(dina, reference)
        assert dina.post(f"/dossiers/{reference}/appel").status_code == 403


class TestQueue:
    @pytest.fixture
    def several(self, cast: Cast, hands: Hands, now: datetime) -> Iterator[list[str]]:
        states = (CaseState.OPEN, CaseState.ASKING, CaseState.PROPOSED, CaseState.WAITING, CaseState.DONE)
        made = []
        for number, state in enumerate(states):
            reference = cases.a_case(
                now,
                hands,
                contact=f"a{number}@new.example",
                identifier=f"zz{number}",
                address=f"198.51.{number}.7",
            )
            Case.objects.filter(reference=reference).update(
                state=state, effective_at=now + timedelta(hours=5)
            )
            made.append(reference)
        yield made

    def test_what_is_not_over_comes_first_and_says_whom_it_waits_for(
        self, cast: Cast, dina: Client, several: list[str]
    ) -> None:
        page = text_of(dina.get("/dossiers").content)
        found = re.findall(r"DOS-\w{4}-\w{4}", page)
        assert list(dict.fromkeys(found)) == several[:4][::-1]
        for told in ("An agent", "The applicant", "A second agent", "An objection; it takes effect"):
            assert told in page

    def test_whoever_proposed_waits_for_a_colleague(
        self, cast: Cast, dina: Client, several: list[str]
    ) -> None:
        Case.objects.filter(reference=several[2]).update(proposed_by=cast.dina)
        assert "A colleague of yours" in text_of(dina.get("/dossiers?etat=proposed").content)

    def test_it_is_narrowed_by_state(self, cast: Cast, dina: Client, several: list[str]) -> None:
        page = text_of(dina.get("/dossiers?etat=done").content)
        assert several[4] in page and several[0] not in page
        assert several[4] in text_of(dina.get("/dossiers?etat=tous").content)
        assert "No case is in this state." in text_of(dina.get("/dossiers?etat=stopped").content)

    def test_the_next_page_goes_on_where_this_one_ends(
        self, cast: Cast, dina: Client, hands: Hands, now: datetime
    ) -> None:
        fields = {"kind": "dead_mailbox", "state": "open", "language": "fr", "identifier": "x", "name": "Ada"}
        Case.objects.bulk_create(
            Case(
                reference=f"DOS-{number:04}-AAAA",
                contact="a@b.example",
                address="::1",
                opened_at=now,
                changed_at=now,
                **fields,
            )
            for number in range(60)
        )
        first = dina.get("/dossiers").content.decode()
        onward = re.search(r'href="(/dossiers\?apres=DOS-0010-AAAA)"', first)
        assert onward and first.count('scope="row"') == 50
        second = dina.get(onward[1]).content.decode()
        assert second.count('scope="row"') == 10 and "Back to the start" in second

    @pytest.mark.parametrize("value", ["a\0b", "x" * 10_000, "%", "\x1b[31m", "' OR 1=1 --"])
    @pytest.mark.parametrize("name", ["etat", "apres"])
    def test_no_input_breaks_it(self, cast: Cast, dina: Client, name: str, value: str) -> None:
        assert dina.get("/dossiers", {name: value}).status_code in (200, 400)

    def test_nobody_waits(self, cast: Cast, dina: Client) -> None:
        assert "No case waits." in text_of(dina.get("/dossiers").content)


class TestComparing:
    def test_differences_are_said_in_words(
        self, cast: Cast, dina: Client, hands: Hands, now: datetime
    ) -> None:
        reference = cases.a_case(now, hands, name="Eva Lemoin", phone="06 99 88 77 66", extension="12")
        page = page_of(dina, reference)
        assert "Name Eva Lemoin Ada Lemoine Different" in page
        assert "Account ab12345-lk ab12345-lk The same" in page
        assert f"E-mail {cases.NEW_ADDRESS} {cast.ada.email} Different" in page
        assert "06 99 88 77 66 +33 •••• 78 Different" in page
        assert cast.ada.phone not in page

    @pytest.mark.parametrize(
        ("change", "typed", "told"),
        [
            ({}, {"name": "LEMOINE  ada"}, "Ada Lemoine The same"),
            ({}, {"phone": "+33 6 12 34 56 78"}, "+33 •••• 78 Ends alike"),
            ({}, {"contact": "ada.lemoine@example.org"}, "The main e-mail of the account"),
            ({"backup_email": "ada.new@example.org"}, {}, "The backup e-mail, never verified"),
            ({"extension": "12"}, {"extension": "12"}, "There is one: compare it below"),
        ],
    )
    def test_what_is_alike_is_said_too(
        self,
        cast: Cast,
        dina: Client,
        hands: Hands,
        now: datetime,
        change: dict[str, str],
        typed: dict[str, Any],
        told: str,
    ) -> None:
        Person.objects.filter(pk=cast.ada.pk).update(**change)
        assert told in page_of(dina, cases.a_case(now, hands, **typed))

    def test_a_verified_backup_is_recognised(
        self, cast: Cast, dina: Client, hands: Hands, now: datetime
    ) -> None:
        Person.objects.filter(pk=cast.ada.pk).update(
            backup_email="ada.new@example.org", backup_verified_at=now
        )
        assert "The backup e-mail" in page_of(dina, cases.a_case(now, hands))

    def test_an_account_named_by_its_number_is_not_called_different(
        self, cast: Cast, dina: Client, hands: Hands, now: datetime
    ) -> None:
        page = page_of(dina, cases.a_case(now, hands, identifier="+33 6 12 34 56 78"))
        assert "Account +33 6 12 34 56 78 ab12345-lk —" in page

    def test_an_account_nobody_knows_is_named_by_an_agent(
        self, cast: Cast, dina: Client, hands: Hands, now: datetime
    ) -> None:
        reference = cases.a_case(now, hands, identifier="ab12354-lk")
        assert "No account has what the applicant typed." in page_of(dina, reference)
        wrong = dina.post(f"/dossiers/{reference}/compte", {"customer_id": "zz99999-lk"})
        assert wrong.status_code == 422 and b"No account has this customer ID" in wrong.content
        assert dina.post(f"/dossiers/{reference}/compte", {"customer_id": " AB12345-LK "}).status_code == 303
        assert "ab12354-lk ab12345-lk Different" in page_of(dina, reference)

    def test_nothing_that_opens_an_account_is_on_the_page(
        self, cast: Cast, dina: Client, hands: Hands, case: str, link: str, now: datetime
    ) -> None:
        add_app(cast.ada, now)
        codes = add_codes(cast.ada, now)
        dina.post(f"/dossiers/{case}/appel")
        work(hands)
        code = code_in(hands.sms.texts[-1].text)
        page = dina.get(f"/dossiers/{case}").content.decode()
        for secret in (PORTAL_PASSWORD, code, *codes, Secret(link.removeprefix("/dossier/"))):
            assert secret.reveal() not in page
        assert 'type="password"' not in page


class TestProofs:
    def test_the_call_back_reaches_the_number_of_the_account_and_its_code_is_typed(
        self, cast: Cast, dina: Client, hands: Hands, case: str
    ) -> None:
        assert dina.post(f"/dossiers/{case}/appel").headers["Location"] == f"/dossiers/{case}"
        work(hands)
        assert hands.sms.texts[-1].number == cast.ada.phone
        code = code_in(hands.sms.texts[-1].text).reveal()
        wrong = dina.post(
            f"/dossiers/{case}/appel/code", {"code": "111111" if code != "111111" else "222222"}
        )
        assert (
            wrong.status_code == 422
            and b"Tries left: 4." in wrong.content
            and b'id="call_code"' in wrong.content
        )
        right = dina.post(f"/dossiers/{case}/appel/code", {"code": f"{code[:3]} {code[3:]}"})
        assert right.status_code == 303
        assert "Call back Holds" in page_of(dina, case)

    def test_after_five_wrong_codes_another_is_wanted(
        self, cast: Cast, dina: Client, hands: Hands, case: str
    ) -> None:
        dina.post(f"/dossiers/{case}/appel")
        work(hands)
        code = code_in(hands.sms.texts[-1].text).reveal()
        wrong = {"code": "000000" if code != "000000" else "1"}
        for _ in range(4):
            dina.post(f"/dossiers/{case}/appel/code", wrong)
        answer = dina.post(f"/dossiers/{case}/appel/code", wrong)
        assert b"there are no tries left" in answer.content
        assert dina.post(f"/dossiers/{case}/appel/code", {"code": code}).status_code == 422

    def test_without_a_number_that_answered_there_is_no_call_back(
        self, cast: Cast, dina: Client, case: str
    ) -> None:
        Person.objects.filter(pk=cast.ada.pk).update(phone_verified_at=None)
        answer = dina.post(f"/dossiers/{case}/appel")
        assert answer.status_code == 409 and b"No code can be sent by SMS" in answer.content

    def test_a_recovery_code_is_read_out_once(
        self, cast: Cast, dina: Client, case: str, now: datetime
    ) -> None:
        add_app(cast.ada, now)
        code = add_codes(cast.ada, now)[0].reveal()
        place = f"/dossiers/{case}/code-de-secours"
        assert b"no recovery code of the account" in dina.post(place, {"code": "AAAA-AAAA-AAAA-AAAA"}).content
        assert dina.post(place, {"code": code}).status_code == 303
        assert "Recovery code read out Holds" in page_of(dina, case)
        assert dina.post(place, {"code": code}).status_code == 422

    def test_the_extension_is_compared_by_the_desk(
        self, cast: Cast, dina: Client, hands: Hands, now: datetime
    ) -> None:
        Person.objects.filter(pk=cast.ada.pk).update(extension="118")
        reference = cases.a_case(now, hands, extension="117")
        assert dina.post(f"/dossiers/{reference}/poste").status_code == 303
        page = page_of(dina, reference)
        assert "Extension Does not hold" in page and "118" not in page

    def test_the_applicant_is_asked_and_colleagues_read_notes(
        self, cast: Cast, dina: Client, olivia: Client, hands: Hands, case: str
    ) -> None:
        dina.post(f"/dossiers/{case}/note", {"words": "Vu avec le chef."})
        dina.post(f"/dossiers/{case}/demande", {"words": "Le verso, svp."})
        work(hands)
        assert "Le verso, svp." in hands.mail.mails[-1].written.text
        page = page_of(olivia, case)
        assert "Vu avec le chef." in page and "Le verso, svp." in page and "Dina Haddad" in page
        assert "Waits for: The applicant" in page
        for place in ("note", "demande"):
            assert dina.post(f"/dossiers/{case}/{place}", {"words": ""}).status_code == 422

    @pytest.mark.parametrize("what", HOSTILE)
    def test_nothing_typed_is_a_fault_of_ours(self, cast: Cast, dina: Client, case: str, what: str) -> None:
        typed = dict.fromkeys(("words", "code", "customer_id", "match", "note", "document"), HOSTILE[what])
        for place in (*POSTS, "decision", "accord", "renvoi", "refus", "documents/x"):
            answer = dina.post(f"/dossiers/{case}/{place}", typed)
            assert answer.status_code in (200, 303, 400, 404, 409, 413, 422), place
        assert b"<script>alert" not in dina.get(f"/dossiers/{case}").content


class TestDocuments:
    def test_they_are_files_and_never_pages_of_ours(self, cast: Cast, dina: Client, case: str) -> None:
        (uid,) = uids(case)
        assert dina.get(f"/dossiers/{case}/documents/{uid}").status_code == 405
        answer = dina.post(f"/dossiers/{case}/documents/{uid}")
        assert answer.status_code == 200 and answer.content.startswith(b"\x89PNG")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{case}-1.png"'
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["Cache-Control"] == "no-store"

    def test_every_opening_is_written_down(self, cast: Cast, dina: Client, case: str) -> None:
        (uid,) = uids(case)
        assert "opened by you" not in page_of(dina, case)
        for _ in range(2):
            dina.post(f"/dossiers/{case}/documents/{uid}")
        entries = AuditEntry.objects.filter(action="case.document_read")
        assert [(entry.actor_id, entry.person_id) for entry in entries] == [(cast.dina.pk, cast.ada.pk)] * 2
        page = page_of(dina, case)
        assert "opened by you" in page and "Document 1 was opened." in page

    def test_only_what_was_opened_is_judged(self, cast: Cast, dina: Client, case: str) -> None:
        (uid,) = uids(case)
        place, judged = f"/dossiers/{case}/documents", {"match": "yes", "note": "Photo", "document": uid}
        answer = dina.post(place, judged)
        assert answer.status_code == 400 and b"open every document you judge first" in answer.content
        dina.post(f"{place}/{uid}")
        assert dina.post(place, {"document": uid}).status_code == 422
        assert dina.post(place, judged).status_code == 303
        assert "Documents match the account Holds" in page_of(dina, case)

    def test_one_of_another_case_is_not_found_here(
        self, cast: Cast, dina: Client, hands: Hands, case: str, now: datetime
    ) -> None:
        other = opened(hands, now, CaseKind.FACTOR_LOST, cast.eve, contact="eve@new.example")
        assert dina.post(f"/dossiers/{case}/documents/{uids(other)[0]}").status_code == 404

    def test_none_is_left_once_they_are_erased(self, cast: Cast, dina: Client, case: str, link: str) -> None:
        (uid,) = uids(case)
        Client().post(f"{link}/retirer")
        assert dina.post(f"/dossiers/{case}/documents/{uid}").status_code == 404
        assert "Erased" in page_of(dina, case)


class TestDeciding:
    @pytest.fixture
    def ready(self, cast: Cast, hands: Hands, case: str, now: datetime) -> str:
        """The mailbox answered, and the papers are Ada's."""
        cases.confirm_mailbox(hands, now)
        cases.see_documents(cast, case, now)
        return case

    def test_two_agents_decide_and_each_reads_what_follows(
        self, cast: Cast, dina: Client, olivia: Client, ready: str
    ) -> None:
        page = page_of(dina, ready, "/decision?effet=replace_email")
        for told in (
            "Propose a decision",
            f"The main e-mail becomes {cases.NEW_ADDRESS}.",
            "a second agent",
            "For 48 hours each of them can stop it",
            "mailed a link to choose a new password",
        ):
            assert told in page
        assert Case.objects.get().state == CaseState.REVIEW
        place = f"/dossiers/{ready}"
        assert dina.post(f"{place}/decision", {"effet": "replace_email"}).headers["Location"] == place
        assert "You proposed it: another agent must agree." in page_of(dina, ready)
        alone = dina.post(f"{place}/accord")
        assert alone.status_code == 409 and b"needs two agents" in alone.content
        assert "Proposed by Dina Haddad" in page_of(olivia, ready, "/accord")
        assert olivia.post(f"{place}/accord").headers["Location"] == place
        assert Case.objects.get().state == CaseState.WAITING
        assert "An objection; it takes effect" in page_of(olivia, ready)

    def test_what_is_not_proven_cannot_be_chosen_and_is_refused(
        self, cast: Cast, dina: Client, case: str
    ) -> None:
        page = page_of(dina, case)
        assert "has not answered yet" in page and "Two-step verification is not on." in page
        answer = dina.post(f"/dossiers/{case}/decision", {"effet": "replace_email"})
        assert answer.status_code == 409 and b"proofs that were checked are not enough" in answer.content

    def test_nothing_chosen_and_nonsense_decide_nothing(self, cast: Cast, dina: Client, ready: str) -> None:
        for sent in ({}, {"effet": "everything"}):
            assert dina.post(f"/dossiers/{ready}/decision", sent).headers["Location"] == f"/dossiers/{ready}"
        assert "Choose first what should be done." in page_of(dina, ready)
        both = {"effet": ["replace_email", "promote_backup"]}
        assert dina.post(f"/dossiers/{ready}/decision", both).status_code == 400
        assert Case.objects.get().state == CaseState.REVIEW

    def test_a_lesser_decision_is_one_agents(
        self, cast: Cast, dina: Client, hands: Hands, now: datetime
    ) -> None:
        """ACC-6: the caller was checked, the backup becomes the main address."""
        Person.objects.filter(pk=cast.ada.pk).update(
            backup_email="ada.new@example.org", backup_verified_at=now
        )
        reference = opened(hands, now, CaseKind.DEAD_MAILBOX_WITH_BACKUP, cast.ada)
        cases.confirm_mailbox(hands, now)
        cases.call_back(cast, hands, reference, now)
        page = page_of(dina, reference, "/decision?effet=promote_backup")
        assert "A new backup address is asked for" in page and "ada.new@example.org" in page
        dina.post(f"/dossiers/{reference}/decision", {"effet": "promote_backup"})
        assert Case.objects.get().state == CaseState.WAITING

    def test_a_colleague_sends_it_back(self, cast: Cast, dina: Client, olivia: Client, ready: str) -> None:
        dina.post(f"/dossiers/{ready}/decision", {"effet": "replace_email"})
        assert "nothing takes effect" in page_of(olivia, ready, "/renvoi")
        olivia.post(f"/dossiers/{ready}/renvoi", {"words": "La photo est floue."})
        assert Case.objects.get().state == CaseState.REVIEW
        assert "La photo est floue." in page_of(dina, ready)

    def test_it_is_turned_down_with_a_reason(self, cast: Cast, dina: Client, hands: Hands, case: str) -> None:
        place = f"/dossiers/{case}/refus"
        assert "The applicant reads your words" in page_of(dina, case, "/refus")
        assert dina.post(place, {"words": ""}).status_code == 422
        assert dina.post(place, {"words": "Ce ne sont pas vos papiers."}).status_code == 303
        work(hands)
        assert "Ce ne sont pas vos papiers." in hands.mail.mails[-1].written.text
        assert dina.post(place, {"words": "Encore"}).headers["Location"] == f"/dossiers/{case}"
        assert "no longer waits for this" in page_of(dina, case)

    def test_a_decision_that_was_announced_is_given_up_in_so_many_words(
        self, cast: Cast, dina: Client, hands: Hands, now: datetime
    ) -> None:
        reference = cases.decided(cast, hands, now)
        assert "The owner was warned of the decision" in page_of(dina, reference, "/refus")

    def test_without_a_period_it_says_that_it_is_at_once(self, cast: Cast, dina: Client, ready: str) -> None:
        cast.operator.policy |= {"case_wait_hours": 0}
        cast.operator.save()
        assert "within minutes" in page_of(dina, ready, "/decision?effet=replace_email")

    @pytest.mark.parametrize("place", ASKS)
    def test_a_recent_proof_is_asked_for_first(self, cast: Cast, ready: str, place: str) -> None:
        stale = seated(cast.dina, ago=timedelta(hours=1))
        assert stale.get(f"/dossiers/{ready}").status_code == 200
        assert stale.get(f"/dossiers/{ready}/{place}").headers["Location"].startswith("/confirmer")
        assert stale.post(f"/dossiers/{ready}/{place}").headers["Location"].startswith("/confirmer")

    def test_what_is_decided_meanwhile_is_not_decided_twice(
        self, cast: Cast, dina: Client, ready: str, now: datetime
    ) -> None:
        effects = [CaseEffect.REPLACE_EMAIL]
        decide_case.propose(actor=actor(cast.olivia, now), reference=ready, effects=effects, now=now)
        answer = dina.post(f"/dossiers/{ready}/decision", {"effet": "replace_email"})
        assert answer.headers["Location"] == f"/dossiers/{ready}"
        assert "no longer waits for this" in page_of(dina, ready)
        dina.post(f"/dossiers/{ready}/accord")
        for place in ("accord", "renvoi"):
            assert dina.get(f"/dossiers/{ready}/{place}").headers["Location"] == f"/dossiers/{ready}"
        assert dina.post(f"/dossiers/{ready}/appel").headers["Location"] == f"/dossiers/{ready}"


class TestNeedsBackup:
    """ACC-6: the owner must then register a new backup e-mail."""

    @pytest.mark.parametrize("address", ["/", "/compte", "/telephonie"])
    def test_every_page_asks_for_it_until_it_is_there(self, cast: Cast, address: str) -> None:
        browser = seated(cast.ada)
        assert b"data-needs-backup" not in browser.get(address).content
        Person.objects.filter(pk=cast.ada.pk).update(needs_backup=True)
        page = browser.get(address).content
        assert b"Your account needs a new backup e-mail." in page
        assert b'href="/compte/coordonnees/secours"' in page

    def test_not_where_it_is_given(self, cast: Cast) -> None:
        Person.objects.filter(pk=cast.ada.pk).update(needs_backup=True)
        assert b"data-needs-backup" not in seated(cast.ada).get("/compte/coordonnees/secours").content

    def test_each_role_is_asked(self, cast: Cast) -> None:
        Person.objects.update(needs_backup=True)
        for person in (cast.bruno, cast.chen, cast.dina, cast.olivia):
            assert Role(person.role) is not Role.SUBSCRIBER
            assert b"data-needs-backup" in seated(person).get("/").content


def test_the_activity_of_the_account_tells_of_its_case(cast: Cast, hands: Hands, now: datetime) -> None:
    reference = cases.decided(cast, hands, now)
    page = text_of(seated(cast.ada).get("/compte/activite").content)
    assert f"Support decided the case {reference}" in page and "Support opened a document" in page
    assert "case." not in page
