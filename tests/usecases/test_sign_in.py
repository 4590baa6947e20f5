"""Sign in, prove it again, leave: who gets in, what they are told, what is written down."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pyotp
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linekey.domain.errors import FlowOver, TooManyAttempts, WrongCode, WrongCredentials, WrongPassword
from linekey.domain.factors import Means
from linekey.domain.flows import FlowKind, FlowState, Visitor
from linekey.domain.secret import Secret
from linekey.records import pages
from linekey.records.models import AuditEntry, Device, Factor, Flow, OpenSession, OutboxEffect, Person
from linekey.usecases import change_password, confirm_identity, prove_factor, sign_in
from linekey.usecases.prove_factor import TypedCode
from linekey.usecases.sign_in import ProofWanted, SignedIn
from linekey.vault import seal
from tests.build import PORTAL_PASSWORD, Cast, actor, ask_for_codes, open_session, visitor
from tests.hands import Hands, work
from tests.usecases.reading import code_in

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LIBRARY = visitor("library", "203.0.113.9", "Chrome")


def enter(identifier: str, now: datetime, password: Secret = PORTAL_PASSWORD) -> sign_in.SignedIn:
    entered = sign_in.enter(
        identifier=identifier,
        password=password,
        visitor=visitor(device="Firefox sur Linux", address="192.0.2.7"),
        now=now,
    )
    assert isinstance(entered, sign_in.SignedIn)
    return entered


def test_ada_signs_in_and_is_told_by_mail_from_where(cast: Cast, now: datetime, hands: Hands) -> None:
    """ACC-1, ACC-4."""
    entered = enter("ab12345-lk", now)
    work(hands)
    assert entered.person_id == cast.ada.pk and entered.language == "fr"
    (mail,) = hands.mail.mails
    assert "Firefox sur Linux" in mail.written.text and "192.0.2.7" in mail.written.text
    assert Person.objects.get(pk=cast.ada.pk).last_login == now
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.person_id, entry.path) == ("session.open", cast.ada.pk, cast.lumen.path)


def test_the_stamp_of_a_session_is_that_of_the_person(cast: Cast, now: datetime) -> None:
    entered = enter("ab12345-lk", now)
    found = pages.actor_of_session(entered.session_id, entered.stamp, now)
    assert found is not None and found.person_id == cast.ada.pk and found.confirmed_at == now
    cast.ada.set_password("une autre phrase de portail")
    cast.ada.save()
    assert pages.actor_of_session(entered.session_id, entered.stamp, now) is None


def test_a_refused_attempt_is_written_down_and_changes_nothing(cast: Cast, now: datetime) -> None:
    with pytest.raises(WrongCredentials):
        enter("ab12345-lk", now, Secret("non"))
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.facts) == ("session.refused", {"address": "192.0.2.7"})
    assert Person.objects.get(pk=cast.ada.pk).last_login is None and not OutboxEffect.objects.exists()


def test_a_proof_repeated_is_taken_and_a_wrong_one_is_not(cast: Cast, now: datetime) -> None:
    confirm_identity.by_password(actor=actor(cast.ada), password=PORTAL_PASSWORD, now=now)
    with pytest.raises(WrongPassword):
        confirm_identity.by_password(actor=actor(cast.ada), password=Secret("non"), now=now)
    actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["session.confirm", "session.confirm_refused"]


def test_leaving_leaves_a_trace(cast: Cast, now: datetime) -> None:
    sign_in.leave(actor=actor(cast.ada), now=now)
    assert AuditEntry.objects.get().action == "session.close"


def test_leaving_ends_the_session_that_is_left(cast: Cast, now: datetime) -> None:
    entered = enter("ab12345-lk", now)
    sign_in.leave(actor=replace(actor(cast.ada), session_id=entered.session_id), now=now)
    assert pages.actor_of_session(entered.session_id, entered.stamp, now) is None


def knock(
    now: datetime,
    *,
    who: Visitor = LIBRARY,
    password: Secret = PORTAL_PASSWORD,
    identifier: str = "ab12345-lk",
    extension: str = "",
) -> SignedIn | ProofWanted:
    return sign_in.enter(
        identifier=identifier, extension=extension, password=password, visitor=who, onward="/lignes", now=now
    )


def wanted(found: SignedIn | ProofWanted) -> str:
    """Reference of the flow which asks for more."""
    assert isinstance(found, ProofWanted)
    return found.flow


def prove(
    reference: str,
    now: datetime,
    code: Secret,
    *,
    means: Means = Means.MAIL,
    who: Visitor = LIBRARY,
    trust: bool = False,
) -> SignedIn:
    proof = TypedCode(means, code)
    return sign_in.prove(reference=reference, proof=proof, visitor=who, trust=trust, now=now)


def mailed(cast: Cast, hands: Hands, now: datetime) -> Secret:
    work(hands, now)
    mails = [mail for mail in hands.mail.mails if "code" in mail.written.subject]
    assert mails[-1].address == cast.ada.email
    return code_in(mails[-1].written.text)


def test_each_identifier_means_the_same_account(cast: Cast, now: datetime) -> None:
    """ACC-1, TEAM-7."""
    Person.objects.exclude(pk=cast.ada.pk).update(phone="")
    for identifier in (" AB12345-LK ", "Ada.Lemoine@Example.org", "06 12 34 56 78"):
        assert isinstance(knock(now, identifier=identifier), SignedIn)
    Person.objects.filter(pk=cast.ada.pk).update(phone="+33184780117", extension="12")
    assert isinstance(knock(now, identifier="0184780117", extension="12"), SignedIn)
    with pytest.raises(WrongCredentials):
        knock(now, identifier="0184780117")


def give_phone(person: Person, now: datetime) -> None:
    """An application which shows codes."""
    uid = person.customer_id
    sealed = seal.seal(SEED.encode(), f"factor:{uid}")
    Factor.objects.create(uid=uid, person=person, kind="totp", name="Phone", created_at=now, sealed=sealed)


class TestAnUnusualSignIn:
    """ACC-9."""

    @pytest.fixture(autouse=True)
    def _codes(self, cast: Cast, now: datetime) -> None:
        ask_for_codes(cast.operator)
        open_session(cast.ada, now)

    def test_from_her_own_browser_at_home_nothing_more_is_asked(self, cast: Cast, now: datetime) -> None:
        assert isinstance(knock(now, who=visitor()), SignedIn)

    @pytest.mark.parametrize("who", [visitor("new browser"), visitor(address="203.0.113.9"), LIBRARY])
    def test_from_a_new_browser_or_network_a_code_is_mailed(
        self, cast: Cast, now: datetime, hands: Hands, who: Visitor
    ) -> None:
        reference = wanted(knock(now, who=who))
        entered = prove(reference, now, mailed(cast, hands, now), who=who)
        assert entered.person_id == cast.ada.pk
        assert OpenSession.objects.get(pk=entered.session_id).method == "mail"
        assert isinstance(knock(now, who=who), SignedIn)  # Known from now on.

    def test_a_code_works_once_in_its_own_browser_for_ten_minutes(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        reference = wanted(knock(now))
        code = mailed(cast, hands, now)
        with pytest.raises(FlowOver):
            prove(reference, now, code, who=visitor("eve's"))
        with pytest.raises(FlowOver):
            prove(reference, now + timedelta(minutes=10), code)
        prove(reference, now, code)
        with pytest.raises(FlowOver):
            prove(reference, now, code)

    def test_five_wrong_codes_end_it(self, cast: Cast, now: datetime, hands: Hands) -> None:
        reference = wanted(knock(now))
        code = mailed(cast, hands, now)
        for _ in range(5):
            with pytest.raises(WrongCode):
                prove(reference, now, Secret("no code"))
        with pytest.raises(FlowOver):
            prove(reference, now, code)

    def test_a_trusted_browser_is_never_asked_again_wherever_it_goes(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        prove(wanted(knock(now)), now, mailed(cast, hands, now), trust=True)
        assert isinstance(knock(now, who=replace(LIBRARY, address="192.0.2.250")), SignedIn)
        work(hands, now)
        assert OutboxEffect.objects.filter(message="device_trusted").count() == 1

    def test_trust_falls_with_the_password(self, cast: Cast, now: datetime, hands: Hands) -> None:
        prove(wanted(knock(now)), now, mailed(cast, hands, now), trust=True)
        new = Secret("un canari jaune et bavard")
        change_password.change(actor=actor(cast.ada), current=PORTAL_PASSWORD, new=new, pin=None, now=now)
        assert not Device.objects.filter(ended_at=None).exists()
        assert isinstance(knock(now, password=new), ProofWanted)

    def test_whoever_has_the_password_cannot_fill_the_mailbox(self, cast: Cast, now: datetime) -> None:
        for _ in range(6):
            wanted(knock(now))
        with pytest.raises(TooManyAttempts):
            knock(now)
        assert isinstance(knock(now, who=visitor()), SignedIn)  # The owner at home asks for no code.

    def test_it_may_be_asked_for_again_and_the_first_one_is_dead(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        reference = wanted(knock(now))
        first = second = mailed(cast, hands, now)
        while second == first:
            prove_factor.send_code(
                kind=FlowKind.SIGN_IN, reference=reference, means=Means.MAIL, visitor=LIBRARY, now=now
            )
            second = mailed(cast, hands, now)
        with pytest.raises(WrongCode):
            prove(reference, now, first)
        prove(reference, now, second)

    def test_a_password_changed_while_it_was_checked_begins_nothing(self, cast: Cast, now: datetime) -> None:
        class Meanwhile(Secret):
            """The password changes between the check and what follows."""

            def reveal(self) -> str:
                Person.objects.filter(pk=cast.ada.pk).update(password="another")
                return super().reveal()

        with pytest.raises(WrongCredentials):
            knock(now, password=Meanwhile(PORTAL_PASSWORD.reveal()))
        assert not Flow.objects.exists()


class TestASecondFactor:
    """ACC-2."""

    @pytest.fixture(autouse=True)
    def _phone(self, cast: Cast, now: datetime) -> None:
        give_phone(cast.ada, now)

    def test_is_asked_everywhere_and_no_code_is_mailed(self, cast: Cast, now: datetime, hands: Hands) -> None:
        ask_for_codes(cast.operator)
        open_session(cast.ada, now)
        reference = wanted(knock(now, who=visitor()))
        assert Flow.objects.get().state == FlowState.FACTOR and not OutboxEffect.objects.exists()
        code = Secret(pyotp.TOTP(SEED).at(now))
        entered = prove(reference, now, code, means=Means.TOTP, who=visitor())
        assert OpenSession.objects.get(pk=entered.session_id).method == "totp"

    def test_what_one_began_never_counts_for_the_next_in_the_same_browser(
        self, cast: Cast, now: datetime
    ) -> None:
        """Published faults: records of one login completed another's."""
        adas = wanted(knock(now))
        give_phone(cast.eve, now)
        eves = wanted(knock(now, identifier="ev67890-lk"))
        code = Secret(pyotp.TOTP(SEED).at(now))
        with pytest.raises(FlowOver):
            prove(adas, now, code, means=Means.TOTP)
        assert prove(eves, now, code, means=Means.TOTP).person_id == cast.eve.pk


class TestOneBrowserTwoPeople:
    """allauth 65.20 and 65.21: what one began and gave up completed, or spared, the other's proof."""

    @pytest.fixture(autouse=True)
    def _phones(self, cast: Cast, now: datetime) -> None:
        ask_for_codes(cast.operator)
        give_phone(cast.ada, now)

    def test_who_follows_in_the_browser_proves_what_their_own_account_asks_for(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        adas = wanted(knock(now))
        eves = wanted(knock(now, identifier="ev67890-lk"))
        page = prove_factor.look(kind=FlowKind.SIGN_IN, reference=eves, visitor=LIBRARY, now=now)
        assert page.ways == (Means.MAIL, Means.SMS), "Eve has no application, and Ada's is none of hers"
        with pytest.raises(FlowOver):
            prove(eves, now, Secret(pyotp.TOTP(SEED).at(now)), means=Means.TOTP)
        work(hands, now)
        code = code_in(hands.mail.newest_to(cast.eve.email).written.text)  # type: ignore[union-attr]
        with pytest.raises(FlowOver):
            prove(adas, now, code)
        assert prove(eves, now, code).person_id == cast.eve.pk

    def test_a_first_step_that_is_done_again_is_a_new_one(self, cast: Cast, now: datetime) -> None:
        """Two tabs: the second goes on, the first says that it is over."""
        first, second = wanted(knock(now)), wanted(knock(now))
        code = Secret(pyotp.TOTP(SEED).at(now))
        with pytest.raises(FlowOver):
            prove(first, now, code, means=Means.TOTP)
        assert prove(second, now, code, means=Means.TOTP).person_id == cast.ada.pk

    def test_wrong_answers_of_one_are_not_counted_against_the_other(self, cast: Cast, now: datetime) -> None:
        adas = wanted(knock(now))
        for _ in range(4):
            with pytest.raises(WrongCode):
                prove(adas, now, Secret("000000"), means=Means.TOTP)
        give_phone(cast.eve, now)
        eves = wanted(knock(now, identifier="ev67890-lk"))
        page = prove_factor.look(kind=FlowKind.SIGN_IN, reference=eves, visitor=LIBRARY, now=now)
        assert page.tries_left == 5

    def test_who_trusted_the_browser_trusted_it_for_themselves(self, cast: Cast, now: datetime) -> None:
        code = Secret(pyotp.TOTP(SEED).at(now))
        prove(wanted(knock(now)), now, code, means=Means.TOTP, trust=True)
        assert isinstance(knock(now, identifier="ev67890-lk"), ProofWanted)


class TestItStaysCheap:
    """One hash (law 7 counts it) and few statements: reads, the count, what is written down."""

    @staticmethod
    def statements(now: datetime, password: Secret = PORTAL_PASSWORD) -> int:
        with CaptureQueriesContext(connection) as captured, suppress(WrongCredentials):
            knock(now, who=visitor(), password=password)
        verbs = [query["sql"].split()[0] for query in captured.captured_queries]
        return sum(verb in ("SELECT", "INSERT", "UPDATE", "DELETE") for verb in verbs)

    def test_a_sign_in_asks_the_database_no_more_than_this(self, cast: Cast, now: datetime) -> None:
        assert self.statements(now) == 18
        assert self.statements(now) == 12  # A browser that is known is counted alone.
        ask_for_codes(cast.operator)
        assert self.statements(now) == 13

    def test_and_a_refused_one_no_more_than_that(self, cast: Cast, now: datetime) -> None:
        assert self.statements(now, Secret("non")) == 11

    def test_nor_one_that_is_turned_away(self, cast: Cast, now: datetime) -> None:
        for number in range(100):
            with suppress(WrongCredentials):
                knock(now, identifier=f"zz{number:05d}-lk", who=visitor())
        with CaptureQueriesContext(connection) as captured, pytest.raises(TooManyAttempts):
            knock(now, who=visitor())
        assert len(captured) <= 10


class TestTheLock:
    """TEAM-4 and law 10, from the person's side."""

    WRONG = Secret("non")

    def lock(self, now: datetime) -> None:
        for number in range(10):
            with pytest.raises(WrongCredentials):
                knock(now, password=self.WRONG, who=visitor(f"b{number}", f"203.0.{number}.9"))

    def test_ten_wrong_ones_from_anywhere_shut_the_account_for_an_hour(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        self.lock(now)
        with pytest.raises(WrongCredentials):  # By another identifier, the right password is a wrong one.
            knock(now, identifier=cast.ada.email)
        with pytest.raises(WrongCredentials):
            knock(now + timedelta(minutes=59), identifier=cast.ada.email)
        assert isinstance(knock(now + timedelta(hours=1), identifier=cast.ada.email), SignedIn)
        work(hands, now)
        assert {mail.address for mail in hands.mail.mails} == {cast.ada.email}
        assert OutboxEffect.objects.filter(message="account_locked").count() == 1

    def test_it_says_until_when_of_what_was_typed(self, cast: Cast, now: datetime) -> None:
        """TEAM-8; the same for a customer ID nobody has."""
        self.lock(now)
        for identifier in ("zz99999-lk",) * 10:
            with pytest.raises(WrongCredentials):
                knock(now, identifier=identifier, password=self.WRONG)
        for identifier in ("ab12345-lk", "zz99999-lk"):
            with pytest.raises(TooManyAttempts) as refusal:
                knock(now, identifier=identifier, password=self.WRONG)
            assert refusal.value.until == now + timedelta(hours=1)

    def test_the_owner_gets_in_from_a_trusted_browser(self, cast: Cast, now: datetime) -> None:
        open_session(cast.ada, now)
        Device.objects.filter(person=cast.ada).update(trusted_until=now + timedelta(days=1))
        self.lock(now)
        with pytest.raises((WrongCredentials, TooManyAttempts)):
            knock(now)
        assert isinstance(knock(now, who=visitor()), SignedIn)

    def test_a_trusted_browser_has_a_count_of_its_own(self, cast: Cast, now: datetime) -> None:
        open_session(cast.ada, now)
        Device.objects.filter(person=cast.ada).update(trusted_until=now + timedelta(days=1))
        for _ in range(10):
            with pytest.raises(WrongCredentials):
                knock(now, who=visitor(), password=self.WRONG)
        with pytest.raises(TooManyAttempts):
            knock(now, who=visitor(), password=self.WRONG)
        assert isinstance(knock(now), SignedIn)

    def test_one_network_against_everybody_is_shut_out(self, cast: Cast, now: datetime) -> None:
        for number in range(100):
            with pytest.raises(WrongCredentials):
                knock(now, identifier=f"zz{number:05d}-lk", password=self.WRONG)
        with pytest.raises(TooManyAttempts):
            knock(now)
        assert isinstance(knock(now, who=visitor()), SignedIn)


@pytest.mark.django_db(transaction=True)
def test_of_fifty_who_type_one_code_at_once_one_gets_in(
    committed: Cast,
    in_threads: Callable[[list[Callable[[], bool]]], list[bool]],
) -> None:
    now = timezone.now()
    give_phone(committed.ada, now)
    browsers = [visitor(f"browser {number}", f"203.0.{number}.9") for number in range(50)]
    flows = [wanted(knock(now, who=who)) for who in browsers]
    code = Secret(pyotp.TOTP(SEED).at(now))

    def attempt(number: int) -> Callable[[], bool]:
        def tried() -> bool:
            try:
                prove(flows[number], now, code, means=Means.TOTP, who=browsers[number])
            except (WrongCode, FlowOver, TooManyAttempts):
                return False
            return True

        return tried

    assert sum(in_threads([attempt(number) for number in range(50)])) == 1
    assert OpenSession.objects.count() == 1


@pytest.mark.parametrize(
    "nearly",
    ["une longue phrase de portail ", " une longue phrase de portail", "Une longue phrase de portail"],
)
def test_a_password_is_taken_exactly_as_it_was_chosen(cast: Cast, now: datetime, nearly: str) -> None:
    with pytest.raises(WrongCredentials):
        enter("ab12345-lk", now, Secret(nearly))
    assert enter("ab12345-lk", now).person_id == cast.ada.pk


def test_an_old_password_still_lets_its_owner_in(cast: Cast, now: datetime) -> None:
    """Nobody is made to change it because time went by."""
    assert enter("ab12345-lk", now + timedelta(days=3650)).person_id == cast.ada.pk
