"""Answer a flow with an application, a key, a recovery code, a code that was sent (ACC-2, ACC-9, TEAM-9)."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from linekey.domain.errors import FlowOver, NoSms, TooManyAttempts, WrongCode, WrongKey
from linekey.domain.factors import Means
from linekey.domain.flows import CODE_LASTS, MOST_TRIES, FlowKind, FlowState
from linekey.domain.limits import SECOND_FACTOR, SENT
from linekey.domain.secret import Secret
from linekey.records import flows
from linekey.records.models import AuditEntry, Factor, Flow, OutboxEffect, Person, RecoveryCode
from linekey.usecases import check_proof, confirm_identity, prove_factor, remove_factor, sign_in
from linekey.usecases.prove_factor import FlowPage, KeyAnswer, Proof, TypedCode
from linekey.vault import seal
from linekey.vault.totp import STEP
from tests.build import Cast, actor, ask_for_codes, visitor
from tests.hands import Hands, work
from tests.lab.second_factors import (
    add_app,
    add_codes,
    add_key,
    asked_for_more,
    newest_code,
    recovery,
    sent,
    totp,
    wrong,
)
from tests.lab.slow_hasher import SlowHasher
from tests.laws.counting_hasher import CountingHasher

OWN = "ada's own browser"
Meanwhile = list[Callable[[], object]]


def prove(reference: str, proof: Proof, now: datetime, browser: str = OWN) -> sign_in.SignedIn:
    return sign_in.prove(reference=reference, proof=proof, visitor=visitor(browser), trust=False, now=now)


def refused(reference: str, proof: Proof, now: datetime, browser: str = OWN) -> int | None:
    """Wrong, with so many tries left; None for a key, of which nothing more is said."""
    with pytest.raises((WrongCode, WrongKey)) as refusal:
        prove(reference, proof, now, browser)
    left = refusal.value.values.get("left")
    return left if isinstance(left, int) else None


def over(reference: str, proof: Proof, now: datetime, browser: str = OWN) -> None:
    with pytest.raises(FlowOver):
        prove(reference, proof, now, browser)


def options(reference: str, now: datetime) -> dict[str, Any]:
    flow = flows.current(FlowKind.SIGN_IN, reference, browser=seal.digest(visitor(OWN).browser), now=now)
    return prove_factor.ask_key(flow)


def look(reference: str, now: datetime, **who: Any) -> FlowPage:
    return prove_factor.look(kind=FlowKind.SIGN_IN, reference=reference, visitor=visitor(OWN), now=now, **who)


@pytest.fixture
def code_asked(cast: Cast, now: datetime, hands: Hands) -> tuple[str, Secret]:
    """A sign-in from a new device: the flow, and the code in the mail."""
    ask_for_codes(cast.operator)
    reference = asked_for_more(cast.ada, now)
    work(hands, now)
    return reference, newest_code(hands)


@pytest.fixture
def hashes(settings: Settings) -> Iterator[list[str]]:
    settings.PASSWORD_HASHERS = ["tests.laws.counting_hasher.CountingHasher"]
    CountingHasher.calls.clear()
    yield CountingHasher.calls


@pytest.fixture
def meanwhile(settings: Settings) -> Meanwhile:
    """What happens while the next hash is computed."""
    settings.PASSWORD_HASHERS = ["tests.lab.slow_hasher.SlowHasher"]
    return SlowHasher.meanwhile


class TestCodesOfAnApplication:
    def test_they_let_their_owner_in_and_the_application_says_when(self, cast: Cast, now: datetime) -> None:
        app = add_app(cast.ada, now)
        signed_in = prove(asked_for_more(cast.ada, now), totp(app.code(now)), now)
        assert signed_in.person_id == cast.ada.pk
        assert app.factor.last_used_at == now
        assert AuditEntry.objects.get(action="session.open").facts["method"] == "totp"

    @pytest.mark.parametrize("spelled", ["{0} {1}", "{0}-{1}", "{0}\u00a0{1}", " {0}{1}\n"])
    def test_a_code_used_once_is_refused_in_every_spelling_and_every_window(
        self, cast: Cast, now: datetime, spelled: str
    ) -> None:
        app = add_app(cast.ada, now)
        code = app.code(now)
        prove(asked_for_more(cast.ada, now), totp(code), now)
        digits = code.reveal()
        arabic = "".join("٠١٢٣٤٥٦٧٨٩"[int(digit)] for digit in digits)
        for later in (0, STEP, 2 * STEP):
            at = now + timedelta(seconds=later)
            reference = asked_for_more(cast.ada, at)
            refused(reference, totp(spelled.format(digits[:3], digits[3:])), at)
            refused(reference, totp(arabic), at)

    def test_an_earlier_code_is_refused_after_a_later_one(self, cast: Cast, now: datetime) -> None:
        """The neighbour's step is good by itself, and opens no second door behind the last one taken."""
        app, step = add_app(cast.ada, now), timedelta(seconds=STEP)
        prove(asked_for_more(cast.ada, now), totp(app.code(now + step)), now)
        reference = asked_for_more(cast.ada, now)
        refused(reference, totp(app.code(now)), now)
        refused(reference, totp(app.code(now - step)), now)
        prove(reference, totp(app.code(now + 2 * step)), now + step)

    def test_any_of_several_applications_answers(self, cast: Cast, now: datetime) -> None:
        first, second = add_app(cast.ada, now, "Téléphone"), add_app(cast.ada, now, "Tablette")
        for app in (second, first):
            prove(asked_for_more(cast.ada, now), totp(app.code(now)), now)
        assert Factor.objects.filter(last_used_at=now).count() == 2

    def test_an_application_imported_without_a_counter_answers_once_too(
        self, cast: Cast, now: datetime
    ) -> None:
        app = add_app(cast.ada, now)
        Factor.objects.update(last_counter=None)
        prove(asked_for_more(cast.ada, now), totp(app.code(now)), now)
        refused(asked_for_more(cast.ada, now), totp(app.code(now)), now)

    def test_one_of_somebody_else_opens_nothing(self, cast: Cast, now: datetime) -> None:
        add_app(cast.ada, now)
        refused(asked_for_more(cast.ada, now), totp(add_app(cast.eve, now).code(now)), now)

    def test_one_that_was_removed_opens_nothing_and_ends_the_way_in(self, cast: Cast, now: datetime) -> None:
        app, other = add_app(cast.ada, now, "Perdu"), add_app(cast.ada, now, "Trouvé")
        reference = asked_for_more(cast.ada, now)
        remove_factor.remove(actor=actor(cast.ada, now), uid=app.uid, now=now)
        over(reference, totp(other.code(now)), now)
        refused(asked_for_more(cast.ada, now), totp(app.code(now)), now)


class TestRecoveryCodes:
    def test_one_lets_its_owner_in_once_and_every_contact_is_told_how_many_are_left(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        add_app(cast.ada, now)
        sheet = add_codes(cast.ada, now)
        cast.ada.backup_email, cast.ada.backup_verified_at = "ada@ailleurs.test", now
        cast.ada.save()
        OutboxEffect.objects.all().delete()
        prove(asked_for_more(cast.ada, now), recovery(sheet[3].reveal().lower().replace("-", " ")), now)
        work(hands)
        told = [
            mail for mail in hands.mail.mails if "9" in mail.written.text and "code" in mail.written.subject
        ]
        assert {mail.address for mail in told} == {cast.ada.email, "ada@ailleurs.test"}
        assert AuditEntry.objects.get(action="factor.code_used").facts == {"address": "198.51.100.7"}
        refused(asked_for_more(cast.ada, now), recovery(sheet[3]), now)
        prove(asked_for_more(cast.ada, now), recovery(sheet[4]), now)

    def test_the_last_one_is_the_last(self, cast: Cast, now: datetime) -> None:
        add_app(cast.ada, now)
        for code in add_codes(cast.ada, now):
            reference = asked_for_more(cast.ada, now)
            assert Means.RECOVERY_CODE in look(reference, now).ways
            prove(reference, recovery(code), now)
        reference = asked_for_more(cast.ada, now)
        assert look(reference, now).ways == (Means.TOTP,)
        over(reference, recovery("K7PD-W2QX-9MHT-4BRA"), now)

    @pytest.mark.parametrize(
        "typed", ["", " - ", "K7PD-W2QX-9MHT-4BRA", "A" * 1_000_000, "\0" * 16, "\ud800" * 16, "000000"]
    )
    def test_whatever_else_is_typed_costs_one_hash_and_opens_nothing(
        self, cast: Cast, now: datetime, hashes: list[str], typed: str
    ) -> None:
        add_app(cast.ada, now)
        sheet = add_codes(cast.ada, now)
        reference = asked_for_more(cast.ada, now)
        hashes.clear()
        refused(reference, recovery(typed), now)
        assert len(hashes) == 1
        # A label which is there costs as much as one which is not.
        hashes.clear()
        refused(reference, recovery(sheet[0].reveal()[:4] + "2" * 12), now)
        assert len(hashes) == 1

    def test_a_code_of_somebody_else_opens_nothing(self, cast: Cast, now: datetime) -> None:
        for person in (cast.ada, cast.eve):
            add_app(person, now)
        add_codes(cast.ada, now)
        refused(asked_for_more(cast.ada, now), recovery(add_codes(cast.eve, now)[0]), now)

    def test_one_that_was_used_while_it_was_checked_is_wrong(
        self, cast: Cast, now: datetime, meanwhile: Meanwhile
    ) -> None:
        add_app(cast.ada, now)
        code = add_codes(cast.ada, now)[0]
        reference, other = asked_for_more(cast.ada, now), asked_for_more(cast.ada, now, "another browser")
        meanwhile.append(lambda: prove(other, recovery(code), now, "another browser"))
        refused(reference, recovery(code), now)
        assert AuditEntry.objects.filter(action="factor.code_used").count() == 1

    def test_what_did_not_finish_uses_nothing_up(self, cast: Cast, now: datetime) -> None:
        add_app(cast.ada, now)
        sheet = add_codes(cast.ada, now)
        reference = asked_for_more(cast.ada, now)
        flow = flows.current(FlowKind.SIGN_IN, reference, browser=seal.digest(visitor().browser), now=now)

        def fail(_: Means) -> None:
            raise FlowOver()

        with pytest.raises(FlowOver):
            prove_factor.prove(flow, recovery(sheet[1]), visitor=visitor(), now=now, finish=fail)
        assert not RecoveryCode.objects.exclude(used_at=None).exists()
        prove(reference, recovery(sheet[1]), now)


class TestKeys:
    def test_one_lets_its_owner_in_beside_the_password_without_a_pin(self, cast: Cast, now: datetime) -> None:
        key = add_key(cast.ada, now, verifies=False)
        reference = asked_for_more(cast.ada, now)
        asked = options(reference, now)
        assert asked["userVerification"] == "discouraged" and len(asked["allowCredentials"]) == 1
        prove(reference, KeyAnswer(key.get(asked)), now)
        kept = Factor.objects.get()
        assert (kept.sign_count, kept.last_used_at) == (1, now)
        assert AuditEntry.objects.get(action="session.open").facts["method"] == "key"

    @pytest.mark.parametrize(
        "lie",
        [{"origin": "https://evil.test"}, {"party": "evil.test"}, {"present": False}, {"cross_origin": True}],
    )
    def test_one_that_answers_elsewhere_or_without_anybody_there_is_refused(
        self, cast: Cast, now: datetime, lie: dict[str, Any]
    ) -> None:
        key = add_key(cast.ada, now)
        reference = asked_for_more(cast.ada, now)
        for switch, value in lie.items():
            setattr(key, switch, value)
        refused(reference, KeyAnswer(key.get(options(reference, now))), now)
        assert AuditEntry.objects.get(action="factor.refused").facts["means"] == "key"

    def test_one_of_somebody_else_is_refused(self, cast: Cast, now: datetime) -> None:
        add_key(cast.ada, now)
        hers = add_key(cast.eve, now)
        reference = asked_for_more(cast.ada, now)
        refused(reference, KeyAnswer(hers.get({**options(reference, now), "allowCredentials": []})), now)

    def test_an_answer_is_good_once_and_for_the_newest_challenge_alone(
        self, cast: Cast, now: datetime
    ) -> None:
        """Two tabs: the one that asked last is the one that counts, and asking again is always possible."""
        key = add_key(cast.ada, now)
        reference = asked_for_more(cast.ada, now)
        first, second = options(reference, now), options(reference, now)
        refused(reference, KeyAnswer(key.get(first)), now)
        refused(reference, KeyAnswer(key.get(second)), now)  # The wrong answer took the challenge with it.
        answer = KeyAnswer(key.get(options(reference, now)))
        prove(reference, answer, now)
        again = asked_for_more(cast.ada, now)
        refused(again, answer, now)
        options(again, now)
        refused(again, answer, now)

    def test_an_answer_after_the_end_of_the_flow_is_too_late(self, cast: Cast, now: datetime) -> None:
        key = add_key(cast.ada, now)
        reference = asked_for_more(cast.ada, now)
        answer = KeyAnswer(key.get(options(reference, now)))
        over(reference, answer, now + timedelta(minutes=10))

    def test_one_that_was_removed_is_refused(self, cast: Cast, now: datetime) -> None:
        key = add_key(cast.ada, now)
        add_key(cast.ada, now, "Clé rouge")
        lost = Factor.objects.get(name="Clé bleue")
        remove_factor.remove(actor=actor(cast.ada, now), uid=lost.uid, now=now)
        reference = asked_for_more(cast.ada, now)
        asked = options(reference, now)
        assert lost.credential_id not in {each["id"] for each in asked["allowCredentials"]}
        refused(reference, KeyAnswer(key.get({**asked, "allowCredentials": []})), now)

    def test_a_copied_key_is_refused_and_written_down(self, cast: Cast, now: datetime) -> None:
        key = add_key(cast.ada, now, start=9)
        key.credentials[0].count = 3
        reference = asked_for_more(cast.ada, now)
        refused(reference, KeyAnswer(key.get(options(reference, now))), now)
        entry = AuditEntry.objects.get(action="factor.cloned")
        assert entry.person_id == cast.ada.pk and entry.facts["label"] == "Clé bleue"
        assert Factor.objects.get().sign_count == 9

    def test_a_passkey_that_never_counts_is_taken_again_and_again(self, cast: Cast, now: datetime) -> None:
        key = add_key(cast.ada, now, step=0)
        for _ in range(3):
            reference = asked_for_more(cast.ada, now)
            prove(reference, KeyAnswer(key.get(options(reference, now))), now)

    @given(
        response=st.recursive(
            st.none() | st.integers() | st.text(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["id", "rawId", "type", "response"]), inner, max_size=4)
            ),
        )
    )
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_whatever_comes_back_is_refused_and_breaks_nothing(
        self, cast: Cast, now: datetime, response: Any
    ) -> None:
        if not Factor.objects.exists():
            add_key(cast.ada, now)
        reference = asked_for_more(cast.ada, now)
        options(reference, now)
        refused(reference, KeyAnswer(response), now)

    def test_who_has_no_key_is_not_asked_for_one(self, cast: Cast, now: datetime) -> None:
        app = add_app(cast.ada, now)
        reference = asked_for_more(cast.ada, now)
        with pytest.raises(FlowOver):
            options(reference, now)
        over(reference, KeyAnswer({}), now)
        prove(reference, totp(app.code(now)), now)


class TestCodesThatAreSent:
    def test_the_code_in_the_mail_lets_its_owner_in_once(
        self, cast: Cast, now: datetime, code_asked: tuple[str, Secret]
    ) -> None:
        reference, code = code_asked
        assert prove(reference, sent(code), now).person_id == cast.ada.pk
        over(reference, sent(code), now)

    def test_it_is_good_until_its_last_instant(
        self, cast: Cast, now: datetime, code_asked: tuple[str, Secret]
    ) -> None:
        reference, code = code_asked
        Flow.objects.update(
            expires_at=now + timedelta(hours=1)
        )  # So that the end of the code is what counts.
        refused(reference, sent(code), now + CODE_LASTS + timedelta(seconds=1))
        refused(reference, sent(code), now + CODE_LASTS)
        prove(reference, sent(code), now + CODE_LASTS - timedelta(microseconds=1))

    def test_five_wrong_ones_end_the_flow(
        self, cast: Cast, now: datetime, code_asked: tuple[str, Secret]
    ) -> None:
        reference, code = code_asked
        for left in reversed(range(MOST_TRIES)):
            assert look(reference, now).tries_left == left + 1
            assert refused(reference, sent(wrong(code)), now) == left
        over(reference, sent(code), now)
        with pytest.raises(FlowOver):
            look(reference, now)
        assert Flow.objects.get(reference=reference).state == "ended"
        assert AuditEntry.objects.filter(action="factor.refused").count() == MOST_TRIES

    @pytest.mark.parametrize("typed", ["", " ", "1234567", "1e5", "12345", "A" * 1_000_000, "\0", "\ud800"])
    def test_what_is_no_code_is_wrong_after_the_same_work(
        self, code_asked: tuple[str, Secret], now: datetime, hashes: list[str], typed: str
    ) -> None:
        refused(code_asked[0], sent(typed), now)
        assert len(hashes) == 1

    def test_before_it_is_sent_nothing_is_right_after_the_same_work(
        self, cast: Cast, now: datetime, hashes: list[str]
    ) -> None:
        ask_for_codes(cast.operator)
        reference = asked_for_more(cast.ada, now)
        hashes.clear()
        refused(reference, sent(""), now)
        assert len(hashes) == 1

    def test_it_counts_in_its_own_flow_and_browser_alone(
        self, cast: Cast, now: datetime, hands: Hands, code_asked: tuple[str, Secret]
    ) -> None:
        reference, code = code_asked
        over(reference, sent(code), now, browser="another browser")
        other = asked_for_more(cast.ada, now, "another browser")
        work(hands, now)
        refused(other, sent(code), now, browser="another browser")
        with pytest.raises(FlowOver):
            flows.current(FlowKind.STEP_UP, reference, browser=seal.digest(visitor().browser), now=now)
        prove(reference, sent(code), now)

    def test_what_one_person_began_never_helps_the_next_in_the_same_browser(
        self, cast: Cast, now: datetime, hands: Hands, code_asked: tuple[str, Secret]
    ) -> None:
        reference, code = code_asked
        hers = asked_for_more(cast.eve, now)
        work(hands, now)
        over(reference, sent(code), now)
        refused(hers, sent(code), now)

    def test_a_new_one_kills_the_one_before_at_once(
        self, cast: Cast, now: datetime, hands: Hands, code_asked: tuple[str, Secret]
    ) -> None:
        reference, first = code_asked
        send(reference, Means.MAIL, now)
        refused(reference, sent(first), now)  # Though the new one is not even drawn yet.
        work(hands, now)
        refused(reference, sent(first), now)
        prove(reference, sent(newest_code(hands)), now)

    def test_a_new_one_asked_for_while_the_old_one_is_checked_wins(
        self, now: datetime, hands: Hands, code_asked: tuple[str, Secret], meanwhile: Meanwhile
    ) -> None:
        reference, first = code_asked
        meanwhile.append(lambda: send(reference, Means.MAIL, now))
        refused(reference, sent(first), now)
        work(hands, now)
        prove(reference, sent(newest_code(hands)), now)

    def test_none_is_sent_for_a_flow_that_was_finished_meanwhile(
        self, cast: Cast, now: datetime, code_asked: tuple[str, Secret]
    ) -> None:
        reference, code = code_asked
        flow = flows.current(FlowKind.SIGN_IN, reference, browser=seal.digest(visitor().browser), now=now)
        prove(reference, sent(code), now)
        with pytest.raises(FlowOver):
            prove_factor.promise_code(flow, Means.MAIL, now=now)

    def test_it_comes_by_sms_to_a_number_of_ones_own(
        self, cast: Cast, now: datetime, hands: Hands, code_asked: tuple[str, Secret]
    ) -> None:
        """TEAM-9."""
        reference, _ = code_asked
        page = look(reference, now)
        assert (page.ways, page.sent_by) == ((Means.MAIL, Means.SMS), Means.MAIL)
        assert page.shown == {Means.MAIL: "a••@example.org", Means.SMS: "+33 •••• 78"}
        send(reference, Means.SMS, now)
        work(hands, now)
        assert look(reference, now).sent_by is Means.SMS
        text = hands.sms.texts[-1]
        code = next(word for word in text.text.split() if word.isdigit() and len(word) == 6)
        assert text.number == cast.ada.phone
        prove(reference, sent(code, Means.SMS), now)
        assert AuditEntry.objects.get(action="session.open").facts["method"] == "sms"

    @pytest.mark.parametrize("column", ["phone", "phone_verified_at", "extension"])
    def test_no_sms_goes_to_a_number_that_is_shared_or_never_answered(
        self, cast: Cast, now: datetime, code_asked: tuple[str, Secret], column: str
    ) -> None:
        shared = {"phone": "", "phone_verified_at": None, "extension": "101"}
        Person.objects.filter(pk=cast.ada.pk).update(**{column: shared[column]})
        reference, code = code_asked
        with pytest.raises(NoSms):
            send(reference, Means.SMS, now)
        over(reference, sent(code, Means.SMS), now)
        prove(reference, sent(code), now)

    def test_so_many_are_sent_within_an_hour_and_no_more(
        self, cast: Cast, now: datetime, code_asked: tuple[str, Secret]
    ) -> None:
        reference, _ = code_asked
        for _ in range(SENT.most - 1):  # The first went out with the password.
            send(reference, Means.MAIL, now)
        with pytest.raises(TooManyAttempts):
            send(reference, Means.MAIL, now)

    def test_whoever_is_asked_for_a_factor_is_sent_no_code(self, cast: Cast, now: datetime) -> None:
        """A mailbox does not replace a second factor."""
        add_app(cast.ada, now)
        reference = asked_for_more(cast.ada, now)
        with pytest.raises(FlowOver):
            send(reference, Means.MAIL, now)
        over(reference, sent("000000"), now)
        over(reference, sent("000000", Means.SMS), now)

    def test_whoever_is_asked_for_a_code_proves_nothing_with_a_factor(
        self, cast: Cast, now: datetime, code_asked: tuple[str, Secret]
    ) -> None:
        reference, code = code_asked
        for proof in (totp(code), recovery("K7PD-W2QX-9MHT-4BRA"), KeyAnswer({})):
            over(reference, proof, now)
        assert look(reference, now).tries_left == MOST_TRIES


def send(reference: str, means: Means, now: datetime) -> None:
    prove_factor.send_code(
        kind=FlowKind.SIGN_IN, reference=reference, means=means, visitor=visitor(OWN), now=now
    )


def _never(_: Means) -> None:
    raise AssertionError("nothing was proven")


class TestHowManyTimesOneMayBeWrong:
    def wrong_tries(self, cast: Cast, now: datetime, app_code: Secret, browser: str, tries: int) -> None:
        """Several flows, because each ends after five."""
        reference = ""
        for number in range(tries):
            if number % MOST_TRIES == 0:
                reference = asked_for_more(cast.ada, now, browser)
            refused(reference, totp(wrong(app_code)), now, browser)

    def test_ten_wrong_codes_shut_the_door_for_an_hour_though_each_flow_takes_five(
        self, cast: Cast, now: datetime
    ) -> None:
        app = add_app(cast.ada, now)
        self.wrong_tries(cast, now, app.code(now), OWN, SECOND_FACTOR.most)
        reference = asked_for_more(cast.ada, now)
        with pytest.raises(TooManyAttempts) as refusal:
            prove(reference, totp(app.code(now)), now)
        assert refusal.value.until == now + SECOND_FACTOR.shut
        later = now + SECOND_FACTOR.shut
        prove(asked_for_more(cast.ada, later), totp(app.code(later)), later)

    def test_a_stranger_who_knows_the_password_does_not_shut_the_owner_out(
        self, cast: Cast, now: datetime
    ) -> None:
        app = add_app(cast.ada, now)
        prove(asked_for_more(cast.ada, now), totp(app.code(now)), now)  # Her browser is known from here on.
        soon = now + timedelta(minutes=1)
        self.wrong_tries(cast, soon, app.code(soon), "the stranger's", SECOND_FACTOR.most)
        with pytest.raises(TooManyAttempts):
            prove(asked_for_more(cast.ada, soon, "the stranger's"), totp("000000"), soon, "the stranger's")
        prove(asked_for_more(cast.ada, soon), totp(app.code(soon)), soon)

    def test_the_owners_good_codes_give_a_stranger_no_new_tries(self, cast: Cast, now: datetime) -> None:
        app = add_app(cast.ada, now)
        prove(asked_for_more(cast.ada, now), totp(app.code(now)), now)
        soon = now + timedelta(minutes=1)
        self.wrong_tries(cast, soon, app.code(soon), "the stranger's", SECOND_FACTOR.most)
        prove(asked_for_more(cast.ada, soon), totp(app.code(soon)), soon)
        with pytest.raises(TooManyAttempts):
            prove(asked_for_more(cast.ada, soon, "the stranger's"), totp("000000"), soon, "the stranger's")

    def test_a_good_code_makes_the_wrong_ones_before_forgotten(self, cast: Cast, now: datetime) -> None:
        app = add_app(cast.ada, now)
        for minutes in range(1, 4):
            at = now + timedelta(minutes=minutes)
            self.wrong_tries(cast, at, app.code(at), OWN, 4)
            prove(asked_for_more(cast.ada, at), totp(app.code(at)), at)

    def test_keys_are_not_counted_because_nobody_guesses_them(self, cast: Cast, now: datetime) -> None:
        key, reference = add_key(cast.ada, now), ""
        for number in range(3 * SECOND_FACTOR.most):
            if number % MOST_TRIES == 0:
                reference = asked_for_more(cast.ada, now)
            refused(reference, KeyAnswer({}), now)
        reference = asked_for_more(cast.ada, now)
        prove(reference, KeyAnswer(key.get(options(reference, now))), now)

    def test_proving_again_is_counted_apart_from_signing_in(self, cast: Cast, now: datetime) -> None:
        app = add_app(cast.ada, now)
        self.wrong_tries(cast, now, app.code(now), OWN, SECOND_FACTOR.most)
        reference = confirm_identity.begin(actor=actor(cast.ada), visitor=visitor(), now=now)
        assert reference is not None
        confirm_identity.prove(
            actor=actor(cast.ada), reference=reference, proof=totp(app.code(now)), visitor=visitor(), now=now
        )


class TestTheSecondPageOfSigningIn:
    def test_the_way_used_last_comes_first_and_each_has_its_names(self, cast: Cast, now: datetime) -> None:
        app = add_app(cast.ada, now, "Téléphone")
        add_key(cast.ada, now, "Clé bleue")
        add_key(cast.ada, now + timedelta(minutes=1), "Clé rouge")
        add_codes(cast.ada, now)
        reference = asked_for_more(cast.ada, now)
        assert look(reference, now).ways == (Means.KEY, Means.TOTP, Means.RECOVERY_CODE)
        prove(reference, totp(app.code(now)), now)
        page = look(asked_for_more(cast.ada, now), now)
        assert page.ways == (Means.TOTP, Means.KEY, Means.RECOVERY_CODE)
        assert page.names == {Means.TOTP: ("Téléphone",), Means.KEY: ("Clé rouge", "Clé bleue")}
        assert (page.kind, page.state) == (FlowKind.SIGN_IN, FlowState.FACTOR)
        assert (page.shown, page.sent_by, page.onward) == ({}, None, "/")
        assert page.expires_at == now + timedelta(minutes=10)

    def test_looking_uses_nothing_up(self, cast: Cast, now: datetime) -> None:
        add_app(cast.ada, now)
        reference = asked_for_more(cast.ada, now)
        assert {look(reference, now).tries_left for _ in range(MOST_TRIES + 1)} == {MOST_TRIES}

    def test_it_is_over_for_anybody_else(self, cast: Cast, now: datetime) -> None:
        add_app(cast.ada, now)
        reference = asked_for_more(cast.ada, now)
        look(reference, now, actor=actor(cast.ada))
        with pytest.raises(FlowOver):
            look(reference, now, actor=actor(cast.eve))
        for kind, browser in ((FlowKind.STEP_UP, OWN), (FlowKind.SIGN_IN, "another browser")):
            with pytest.raises(FlowOver):
                prove_factor.look(kind=kind, reference=reference, visitor=visitor(browser), now=now)

    def test_a_flow_that_is_nobodys_takes_no_proof(self, cast: Cast, now: datetime) -> None:
        flow = flows.begin(FlowKind.ACTIVATION, FlowState.LINK, person=None, browser="", now=now)
        with pytest.raises(FlowOver):
            prove_factor.means_of(flow)

    def test_a_flow_that_asks_for_a_password_takes_no_proof(self, cast: Cast, now: datetime) -> None:
        flow = flows.begin(FlowKind.RECOVERY, FlowState.LINK, person=cast.ada, browser="", now=now)
        flow.state = FlowState.SECRET
        assert prove_factor.means_of(flow) == ()

    def test_a_new_address_answers_by_the_way_its_code_went(self, cast: Cast, now: datetime) -> None:
        facts = {"new": "+33698765432", "means": "sms"}
        browser = seal.digest(visitor().browser)
        flow = flows.begin(
            FlowKind.CONTACT, FlowState.CODE, person=cast.ada, browser=browser, now=now, facts=facts
        )
        page = prove_factor.look(
            kind=FlowKind.CONTACT, reference=flow.reference, visitor=visitor(), now=now, actor=actor(cast.ada)
        )
        assert (page.ways, page.shown) == ((Means.SMS,), {Means.SMS: "+33 •••• 32"})
        prove_factor.send_code(
            kind=FlowKind.CONTACT, reference=flow.reference, means=Means.SMS, visitor=visitor(), now=now
        )
        assert OutboxEffect.objects.get().message == "contact_code"


@pytest.mark.parametrize("means", [Means.MAIL, Means.TOTP, Means.RECOVERY_CODE, Means.SMS])
def test_a_disabled_person_proves_nothing_any_more(
    cast: Cast, now: datetime, code_asked: tuple[str, Secret], means: Means
) -> None:
    reference, code = code_asked
    Person.objects.filter(pk=cast.ada.pk).update(is_active=False)
    over(reference, TypedCode(means, code), now)


def test_a_code_that_was_taken_while_it_was_checked_is_wrong_and_written_down(
    cast: Cast, now: datetime
) -> None:
    app = add_app(cast.ada, now)
    proof, browser = totp(app.code(now)), visitor("another browser")
    first, second = asked_for_more(cast.ada, now), asked_for_more(cast.ada, now, "another browser")
    flow = flows.current(FlowKind.SIGN_IN, second, browser=seal.digest(browser.browser), now=now)
    held = check_proof.check_totp(cast.ada, app.code(now), now)
    prove(first, proof, now)
    assert held is not None and not held.use()
    with pytest.raises(WrongCode):
        prove_factor.prove(flow, proof, visitor=browser, now=now, finish=_never)
    assert AuditEntry.objects.filter(action="factor.refused").count() == 1
