"""An administrator helps a member who lost their password: a link, a drawn one, a typed one (TEAM-2)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from linekey.delivery.facts import MASK
from linekey.domain import tally_keys
from linekey.domain.access import Door, Role, Scope
from linekey.domain.errors import (
    AccountNotOpen,
    MustChangePassword,
    NotAllowed,
    PasswordRefused,
    PolicyForbids,
    TooManyAttempts,
    WrongCredentials,
)
from linekey.domain.factors import Factor as Kind
from linekey.domain.members import TEMPORARY_LASTS, resets_for
from linekey.domain.policy import MemberReset
from linekey.domain.secret import Secret
from linekey.records import find
from linekey.records.models import (
    AuditEntry,
    Factor,
    OpenSession,
    Organisation,
    OutboxEffect,
    Person,
    ServiceMail,
    Tally,
    Ticket,
)
from linekey.usecases import change_password, recover_account, reset_member, sign_in
from tests import build
from tests.build import PORTAL_PASSWORD, Cast, actor, visitor
from tests.hands import Hands, make_due, work
from tests.laws.conftest import InThreads

LINK, MAIL, TYPED = MemberReset.LINK, MemberReset.MAIL, MemberReset.TYPED
TYPED_ONE = Secret("quatre castors au barrage")
LABELS = ("Mot de passe provisoire", "Temporary password")
OWN = Secret("une tout autre phrase à moi")


def allow(organisation: Organisation, way: MemberReset) -> None:
    organisation.policy = {**organisation.policy, "member_reset": way.value}
    organisation.save()


def reset(cast: Cast, now: datetime, way: MemberReset, who: str = "bruno", operation: str = "one") -> None:
    acting = actor(getattr(cast, who), now)
    reset_member.send(actor=acting, customer_id="ab12345-lk", way=way, operation=operation, now=now)


def typed(cast: Cast, now: datetime, new: Secret = TYPED_ONE, who: str = "bruno") -> None:
    acting = actor(getattr(cast, who), now)
    reset_member.set_password(actor=acting, customer_id="ab12345-lk", new=new, now=now)


def enter(now: datetime, password: Secret) -> sign_in.SignedIn | sign_in.ProofWanted:
    return sign_in.enter(identifier="ab12345-lk", password=password, visitor=visitor(), now=now)


def mailed(hands: Hands) -> Secret:
    """The password in the newest mail that holds one."""
    lines = [line for mail in hands.mail.mails for line in mail.written.text.splitlines()]
    return Secret([line for line in lines if line.startswith(LABELS)][-1].rpartition(" ")[2])


@pytest.mark.parametrize("policy", MemberReset)
@pytest.mark.parametrize("door", [Door.PORTAL, Door.API])
def test_a_link_is_always_offered_and_the_rest_as_the_policy_says(
    cast: Cast, now: datetime, policy: MemberReset, door: Door
) -> None:
    for role in Role:
        who = replace(actor(cast.bruno, now, door=door), role=role)
        more = {policy} if role is not Role.SUPPORT_AGENT else set()
        if policy is TYPED and door is Door.API:
            more = set()
        assert set(resets_for(who, policy)) == {LINK} | more


class TestALink:
    def test_is_the_members_alone_and_changes_nothing_before_it_is_opened(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        reset(cast, now, LINK)
        work(hands, now)
        (mail,) = hands.mail.mails
        assert mail.address == cast.ada.email and "/mot-de-passe-perdu/" in mail.written.text
        assert "Atelier Lumen" in mail.written.text
        assert isinstance(enter(now, PORTAL_PASSWORD), sign_in.SignedIn)
        entry = AuditEntry.objects.get(action="member.reset")
        assert (entry.facts, entry.actor_id) == ({"way": "link"}, cast.bruno.pk)
        token = Secret(mail.written.text.rpartition("/mot-de-passe-perdu/")[2].split()[0])
        recover_account.finish(token=token, new=OWN, visitor=visitor(), now=now)
        assert isinstance(enter(now, OWN), sign_in.SignedIn)

    def test_is_sent_though_strangers_asked_for_many(self, cast: Cast, now: datetime, hands: Hands) -> None:
        key = tally_keys.asked_of_person(cast.ada.pk)
        Tally.objects.create(key=key, count=3, since=now, until=now + timedelta(hours=1))
        reset(cast, now, LINK)
        work(hands, now)
        assert len(hands.mail.mails) == 1

    def test_of_one_request_is_one(self, cast: Cast, now: datetime, hands: Hands) -> None:
        for _ in range(8):
            reset(cast, now, LINK)
        work(hands, now)
        assert len(hands.mail.mails) == 1

    def test_fills_no_mailbox(self, cast: Cast, now: datetime) -> None:
        with pytest.raises(TooManyAttempts):
            for number in range(9):
                reset(cast, now, LINK, operation=f"number {number}")
        assert OutboxEffect.objects.count() == 6

    def test_is_the_activation_link_for_whoever_has_none_yet(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        """TEAM-10."""
        Person.objects.filter(pk=cast.ada.pk).update(activated_at=None)
        for policy in MemberReset:
            allow(cast.lumen, policy)
            look = reset_member.look(actor=actor(cast.bruno, now), customer_id="ab12345-lk", now=now)
            assert look.ways == (LINK,)
        reset(cast, now, LINK)
        work(hands, now)
        assert "/activation/" in hands.mail.mails[0].written.text
        allow(cast.lumen, MAIL)
        with pytest.raises(AccountNotOpen):
            reset(cast, now, MAIL, operation="two")

    @pytest.mark.parametrize("way", [LINK, MAIL])
    def test_is_not_for_a_disabled_account(
        self, cast: Cast, now: datetime, hands: Hands, way: MemberReset
    ) -> None:
        allow(cast.lumen, MAIL)
        reset(cast, now, way)
        Person.objects.filter(pk=cast.ada.pk).update(is_active=False)
        with pytest.raises(AccountNotOpen):
            reset(cast, now, way, operation="two")
        work(hands, now)
        assert not hands.mail.mails


class TestAMailedPassword:
    @pytest.fixture(autouse=True)
    def policy(self, cast: Cast) -> None:
        allow(cast.lumen, MAIL)

    def test_works_must_be_changed_and_ends_what_was_open(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        build.open_session(cast.ada, now)
        reset(cast, now, MAIL)
        assert OpenSession.objects.filter(ended_at=None).exists()  # Nobody is cut before they hold it.
        work(hands, now)
        drawn = mailed(hands)
        assert len(drawn.reveal()) == 16 and not OpenSession.objects.filter(ended_at=None).exists()
        with pytest.raises(WrongCredentials):
            enter(now, PORTAL_PASSWORD)
        entered = enter(now, drawn)
        assert isinstance(entered, sign_in.SignedIn)
        cast.ada.refresh_from_db()
        assert cast.ada.must_change_password and cast.ada.password_expires_at == now + TEMPORARY_LASTS
        me = find.actor_of(cast.ada, session_id=entered.session_id, confirmed_at=now)
        assert me.must_change_password
        change_password.change(actor=me, current=drawn, new=OWN, pin=None, now=now)
        after = Person.objects.get(pk=cast.ada.pk)
        assert (after.must_change_password, after.password_expires_at) == (False, None)
        with pytest.raises(WrongCredentials):
            enter(now, drawn)
        assert isinstance(enter(now + timedelta(days=9), OWN), sign_in.SignedIn)

    def test_opens_nothing_after_a_day_but_a_link_still_does(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        reset(cast, now, MAIL)
        work(hands, now)
        drawn = mailed(hands)
        enter(now + TEMPORARY_LASTS - timedelta(seconds=1), drawn)
        with pytest.raises(WrongCredentials):
            enter(now + TEMPORARY_LASTS, drawn)
        later = now + TEMPORARY_LASTS
        recover_account.ask(identifier="ab12345-lk", visitor=visitor(), now=later)
        work(hands, later)
        token = Secret(hands.mail.mails[-1].written.text.rpartition("/mot-de-passe-perdu/")[2].split()[0])
        recover_account.finish(token=token, new=OWN, visitor=visitor(), now=later)
        cast.ada.refresh_from_db()
        assert not cast.ada.must_change_password and isinstance(enter(later, OWN), sign_in.SignedIn)

    def test_lies_nowhere_but_in_the_mail(self, cast: Cast, now: datetime, hands: Hands) -> None:
        """Law 5."""
        reset(cast, now, MAIL)
        work(hands, now)
        drawn = mailed(hands).reveal()
        told = [
            *OutboxEffect.objects.values("facts", "result", "last_trouble"),
            *AuditEntry.objects.values("facts"),
            *ServiceMail.objects.values("subject", "text", "html"),
            *Person.objects.values("password"),
        ]
        assert drawn not in str(told)
        assert MASK in ServiceMail.objects.get().text

    def test_is_in_force_once_the_mail_server_took_it(self, cast: Cast, now: datetime, hands: Hands) -> None:
        """Law 4: the old one works while no mail can be sent."""
        hands.mail.down = True
        reset(cast, now, MAIL)
        work(hands, now)
        assert isinstance(enter(now, PORTAL_PASSWORD), sign_in.SignedIn)
        hands.mail.down = False
        make_due()
        work(hands, now)
        assert isinstance(enter(now, mailed(hands)), sign_in.SignedIn)

    def test_that_changes_while_it_is_sent_is_drawn_and_sent_again(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        changes = [lambda: Person.objects.filter(pk=cast.ada.pk).update(password="another")]

        class Slow:
            def send(self, *mail: object) -> None:
                if changes:
                    changes.pop()()
                hands.mail.send(*mail)  # type: ignore[arg-type]

            def health(self) -> list[dict[str, object]]:
                return []

        reset(cast, now, MAIL)
        work(replace(hands.outside, mail=Slow()), now)
        make_due()
        work(hands, now)
        assert len(hands.mail.mails) == 2
        assert isinstance(enter(now, mailed(hands)), sign_in.SignedIn)

    def test_ends_a_lock_and_leaves_the_second_factor(self, cast: Cast, now: datetime, hands: Hands) -> None:
        Factor.objects.create(uid="f" * 32, person=cast.ada, kind=Kind.TOTP, name="t", created_at=now)
        key = tally_keys.person(cast.ada.pk)
        Tally.objects.create(key=key, count=10, since=now, until=now + timedelta(hours=1))
        reset(cast, now, MAIL)
        work(hands, now)
        assert isinstance(enter(now, mailed(hands)), sign_in.ProofWanted)

    def test_is_never_in_the_hands_of_a_support_agent(self, cast: Cast, now: datetime) -> None:
        with pytest.raises(PolicyForbids):
            reset(cast, now, MAIL, who="dina")
        reset(cast, now, LINK, who="dina")
        reset(cast, now, MAIL, who="olivia")

    def test_is_refused_where_the_policy_has_links_alone(self, cast: Cast, now: datetime) -> None:
        allow(cast.lumen, LINK)
        for who in ("bruno", "chen", "dina", "olivia"):
            with pytest.raises(PolicyForbids):
                reset(cast, now, MAIL, who=who)
            with pytest.raises(PolicyForbids):
                typed(cast, now, who=who)

    def test_meets_the_rules_of_the_member(self, cast: Cast, now: datetime, hands: Hands) -> None:
        cast.lumen.policy = {**cast.lumen.policy, "portal_rules": "portal_anssi"}
        cast.lumen.save()
        reset(cast, now, MAIL)
        work(hands, now)
        drawn = mailed(hands).reveal()
        assert any(not sign.isalnum() for sign in drawn)


class TestATypedPassword:
    @pytest.fixture(autouse=True)
    def policy(self, cast: Cast) -> None:
        allow(cast.lumen, TYPED)

    def test_works_once_and_must_be_changed(self, cast: Cast, now: datetime, hands: Hands) -> None:
        build.open_session(cast.ada, now)
        Ticket.objects.all().delete()
        typed(cast, now)
        assert not OpenSession.objects.filter(ended_at=None).exists()
        with pytest.raises(WrongCredentials):
            enter(now, PORTAL_PASSWORD)
        assert isinstance(enter(now, TYPED_ONE), sign_in.SignedIn)
        with pytest.raises(WrongCredentials):
            enter(now + TEMPORARY_LASTS, TYPED_ONE)
        work(hands, now)
        told = next(mail for mail in hands.mail.mails if "Atelier Lumen" in mail.written.text)
        assert told.address == cast.ada.email and TYPED_ONE.reveal() not in told.written.text
        assert AuditEntry.objects.get(action="member.password_set").actor_id == cast.bruno.pk
        found = [*OutboxEffect.objects.values_list("facts"), *AuditEntry.objects.values_list("facts")]
        assert TYPED_ONE.reveal() not in str(found)

    @pytest.mark.parametrize("weak", ["court", "Ada Lemoine 1985", "ab12345-lk ab12345-lk"])
    def test_is_judged_by_the_rules_of_the_member(self, cast: Cast, now: datetime, weak: str) -> None:
        with pytest.raises(PasswordRefused):
            typed(cast, now, Secret(weak))
        assert isinstance(enter(now, PORTAL_PASSWORD), sign_in.SignedIn)

    def test_is_for_no_program_no_agent_and_no_account_nobody_opened(self, cast: Cast, now: datetime) -> None:
        program = replace(actor(cast.bruno, door=Door.API), scopes=frozenset(Scope))
        with pytest.raises(PolicyForbids):
            reset_member.set_password(actor=program, customer_id="ab12345-lk", new=TYPED_ONE, now=now)
        with pytest.raises(PolicyForbids):
            reset(cast, now, TYPED)
        with pytest.raises(PolicyForbids):
            typed(cast, now, who="dina")
        Person.objects.filter(pk=cast.ada.pk).update(activated_at=None)
        with pytest.raises(AccountNotOpen):
            typed(cast, now)
        with pytest.raises(NotAllowed):
            reset_member.set_password(
                actor=replace(actor(cast.bruno, now), role=Role.COMPANY_ADMIN, person_id=cast.ada.pk),
                customer_id="bc23456-lk",
                new=TYPED_ONE,
                now=now,
            )


def test_of_two_administrators_at_once_both_are_heard_and_one_password_is_in_force(
    committed: Cast, in_threads: InThreads[None]
) -> None:
    allow(committed.lumen, TYPED)
    now = timezone.now()
    ours = [Secret(f"{number} castors au barrage du lac") for number in range(4)]
    in_threads([lambda new=new: typed(committed, now, new) for new in ours])
    entered = []
    for each in ours:
        try:
            entered.append(enter(now, each))
        except WrongCredentials:
            continue
    assert len(entered) == 1


def test_the_refusal_says_what_to_do() -> None:
    assert "new password" in MustChangePassword.next_step
