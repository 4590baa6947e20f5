"""An activation link: the account opens once, for whoever holds the mailbox, with a password of their own."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from linekey.domain.access import Role
from linekey.domain.errors import LinkNotValid, PasswordRefused
from linekey.domain.flows import FlowState
from linekey.domain.recovery import Purpose
from linekey.domain.secret import Secret
from linekey.records import pages, tickets
from linekey.records.models import AuditEntry, Flow, OpenSession, Organisation, Person, Ticket
from linekey.usecases import activate_account, create_account, invite_member, recover_account, sign_in
from linekey.vault import seal
from tests.build import Cast, actor, person, visitor
from tests.hands import Hands, work
from tests.lab.slow_hasher import SlowHasher
from tests.usecases.reading import link_in

EMAIL = "nour@example.org"
NEW = Secret("un canari jaune et bavard")


def asked(now: datetime, hands: Hands, email: str = EMAIL) -> Secret:
    """Nour asked for an account, and reads her mail."""
    create_account.ask(
        first_name="Nour",
        last_name="Dupré",
        email=email,
        language="en",
        suffix="lk",
        visitor=visitor("nour's phone"),
        now=now,
    )
    work(hands, now)
    mail = hands.mail.newest_to(email)
    assert mail is not None
    return link_in(mail.written.text, "/activation/")


def invited(cast: Cast, now: datetime, hands: Hands) -> Secret:
    """Bruno invited Nour, and she reads her mail."""
    invite_member.invite(
        actor=actor(cast.bruno, now),
        first_name="Nour",
        last_name="Dupré",
        email=EMAIL,
        role=Role.SUBSCRIBER,
        now=now,
    )
    work(hands, now)
    return link_in(hands.mail.mails[-1].written.text, "/activation/")


def finish(token: Secret, now: datetime, new: Secret = NEW) -> sign_in.SignedIn:
    return activate_account.finish(token=token, new=new, visitor=visitor("nour's computer"), now=now)


class TestOnesOwn:
    """ACC-10."""

    def test_the_account_is_made_and_its_owner_is_in(self, cast: Cast, now: datetime, hands: Hands) -> None:
        entered = finish(asked(now, hands), now)
        nour = Person.objects.get(pk=entered.person_id)
        assert (nour.email, nour.full_name, nour.role) == (EMAIL, "Nour Dupré", "subscriber")
        assert (nour.tenant, nour.language, nour.activated_at) == (cast.operator, "en", now)
        assert nour.email_verified_at == nour.created_at == now and nour.check_password(NEW.reveal())
        own = nour.organisation
        assert (own.kind, own.name, own.parent) == ("customer", "Nour Dupré", cast.operator)
        assert own.path == f"{cast.operator.path}{own.pk}."
        assert OpenSession.objects.get().method == "activation"
        assert pages.actor_of_session(entered.session_id, entered.stamp, now) is not None

    def test_the_customer_id_is_the_one_in_the_mail(self, cast: Cast, now: datetime, hands: Hands) -> None:
        token = asked(now, hands)
        welcome = activate_account.look(token=token, now=now)
        assert (welcome.name, welcome.language) == ("Nour Dupré", "en")
        assert welcome.customer_id in hands.mail.mails[0].written.subject
        assert Person.objects.get(pk=finish(token, now).person_id).customer_id == welcome.customer_id

    def test_a_customer_id_taken_meanwhile_is_drawn_again(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        token = asked(now, hands)
        taken = activate_account.look(token=token, now=now).customer_id
        Person.objects.filter(pk=cast.eve.pk).update(customer_id=taken)
        nour = Person.objects.get(pk=finish(token, now).person_id)
        assert nour.customer_id != taken and nour.customer_id.endswith("-lk")

    def test_an_address_that_got_an_account_meanwhile_gets_no_second_one(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        first, second = asked(now, hands), asked(now, hands)
        finish(first, now)
        people, organisations = Person.objects.count(), Organisation.objects.count()
        with pytest.raises(LinkNotValid):
            finish(second, now)
        assert (Person.objects.count(), Organisation.objects.count()) == (people, organisations)

    def test_its_owner_and_the_trail_are_told(self, cast: Cast, now: datetime, hands: Hands) -> None:
        finish(asked(now, hands), now)
        before = len(hands.mail.mails)
        work(hands, now)
        assert {mail.address for mail in hands.mail.mails[before:]} == {EMAIL}
        assert len(hands.mail.mails[before:]) == 2  # The account is open; somebody signed in.
        actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
        assert list(actions) == ["account.asked", "account.activated", "session.open"]


class TestAMembers:
    """TEAM-10."""

    def test_the_account_that_waited_opens(self, cast: Cast, now: datetime, hands: Hands) -> None:
        token = invited(cast, now, hands)
        nour = Person.objects.get(email=EMAIL)
        assert nour.activated_at is None and not nour.has_usable_password()
        welcome = activate_account.look(token=token, now=now)
        assert (welcome.customer_id, welcome.name) == (nour.customer_id, "Nour Dupré")
        entered = finish(token, now)
        nour.refresh_from_db()
        assert entered.person_id == nour.pk and nour.check_password(NEW.reveal())
        assert nour.activated_at == nour.email_verified_at == now and nour.organisation == cast.lumen

    def test_every_other_link_of_theirs_dies(self, cast: Cast, now: datetime, hands: Hands) -> None:
        token = invited(cast, now, hands)
        finish(token, now)
        assert not Ticket.objects.filter(used_at=None).exists()
        assert set(Flow.objects.values_list("state", flat=True)) == {FlowState.DONE}

    def test_whoever_is_active_already_needs_no_activation(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        token = invited(cast, now, hands)
        Person.objects.filter(email=EMAIL).update(activated_at=now)
        with pytest.raises(LinkNotValid):
            activate_account.look(token=token, now=now)

    def test_a_lost_welcome_mail_comes_again_from_lost_password(
        self, cast: Cast, now: datetime, hands: Hands
    ) -> None:
        """TEAM-8: not yet activated. Once one link was used, the other is worth nothing."""
        first, later = invited(cast, now, hands), now + timedelta(minutes=2)
        recover_account.ask(identifier=EMAIL, visitor=visitor(), now=later)
        work(hands, later)
        second = link_in(hands.mail.mails[-1].written.text, "/activation/")
        finish(second, later)
        with pytest.raises(LinkNotValid):
            finish(first, later)

    def test_a_disabled_one_stays_shut(self, cast: Cast, now: datetime, hands: Hands) -> None:
        token = invited(cast, now, hands)
        Person.objects.filter(email=EMAIL).update(is_active=False)
        with pytest.raises(LinkNotValid):
            finish(token, now)


@pytest.mark.parametrize("whose", ["own", "member"])
class TestEitherLink:
    @pytest.fixture
    def token(self, cast: Cast, now: datetime, hands: Hands, whose: str) -> Secret:
        return asked(now, hands) if whose == "own" else invited(cast, now, hands)

    def test_looking_uses_nothing_up(self, token: Secret, now: datetime) -> None:
        """A mail scanner follows links."""
        people = Person.objects.count()
        for _ in range(3):
            activate_account.look(token=token, now=now)
        assert Person.objects.count() == people
        finish(token, now)

    def test_it_works_once(self, token: Secret, now: datetime) -> None:
        finish(token, now)
        for attempt in (
            lambda: finish(token, now),
            lambda: activate_account.look(token=token, now=now),
            lambda: activate_account.verdicts(token=token, candidate=NEW, now=now),
        ):
            with pytest.raises(LinkNotValid):
                attempt()

    def test_it_is_over_after_three_days(self, token: Secret, now: datetime) -> None:
        end = now + timedelta(days=3)
        activate_account.look(token=token, now=end - timedelta(seconds=1))
        with pytest.raises(LinkNotValid):
            finish(token, end)

    def test_a_password_that_is_refused_uses_nothing_up(self, token: Secret, now: datetime) -> None:
        rules = activate_account.look(token=token, now=now).conditions
        verdicts = activate_account.verdicts(token=token, candidate=Secret("Dupré"), now=now)
        assert tuple(verdict.rule for verdict in verdicts) == rules
        with pytest.raises(PasswordRefused) as refusal:
            finish(token, now, Secret("nour@example.org"))
        assert [rule.code for rule in refusal.value.broken] == ["personal"]  # type: ignore[attr-defined]
        finish(token, now)

    def test_it_resets_no_password(self, token: Secret, now: datetime) -> None:
        """Law 8: a published takeover was an activation link taken by the reset."""
        with pytest.raises(LinkNotValid):
            recover_account.finish(token=token, new=NEW, visitor=visitor(), now=now)

    def test_a_link_whose_flow_is_over_is_no_link(self, token: Secret, now: datetime) -> None:
        Flow.objects.update(state=FlowState.ENDED)
        with pytest.raises(LinkNotValid):
            finish(token, now)

    def test_a_flow_that_ended_before_its_link_ends_it(self, token: Secret, now: datetime) -> None:
        """The mail went out late: it told when the flow ends, and the page keeps to it."""
        Flow.objects.update(expires_at=now)
        with pytest.raises(LinkNotValid):
            finish(token, now)


def test_made_up_and_foreign_links_open_nothing(cast: Cast, now: datetime, hands: Hands) -> None:
    recover_account.ask(identifier="ab12345-lk", visitor=visitor(), now=now)
    work(hands, now)
    foreign = link_in(hands.mail.mails[0].written.text, "/mot-de-passe-perdu/")
    for token in (Secret(""), Secret("made up"), foreign):
        with pytest.raises(LinkNotValid):
            finish(token, now)


@pytest.mark.django_db(transaction=True)
def test_of_fifty_who_open_one_account_at_once_one_does(
    committed: Cast, hands: Hands, in_threads: Callable[[list[Callable[[], bool]]], list[bool]]
) -> None:
    now = timezone.now()
    token = asked(now, hands)

    def attempt() -> bool:
        try:
            finish(token, now)
        except LinkNotValid:
            return False
        return True

    assert sum(in_threads([attempt] * 50)) == 1
    assert Person.objects.filter(email=EMAIL).count() == 1
    assert Organisation.objects.filter(name="Nour Dupré").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_links_to_one_address_opened_at_once_one_opens_an_account(
    committed: Cast, hands: Hands, in_threads: Callable[[list[Callable[[], bool]]], list[bool]]
) -> None:
    now = timezone.now()
    tokens = [asked(now, hands) for _ in range(3)]

    def attempt(token: Secret) -> Callable[[], bool]:
        def tried() -> bool:
            try:
                finish(token, now)
            except LinkNotValid:
                return False
            return True

        return tried

    assert sum(in_threads([attempt(token) for token in tokens] * 4)) == 1
    assert Person.objects.filter(email=EMAIL).count() == 1


def test_a_password_without_a_flow_behind_its_link_is_never_set(cast: Cast, now: datetime) -> None:
    nour = person("nd11111-lk", "Nour", "Dupré", Role.SUBSCRIBER, cast.lumen, cast.reseller, now)

    token = seal.new_token()
    tickets.issue(seal.digest(token), Purpose.ACTIVATE, person=nour, now=now)
    with pytest.raises(LinkNotValid):
        finish(token, now)


def test_of_two_links_that_are_good_at_once_the_first_to_finish_activates(
    cast: Cast, now: datetime, hands: Hands, settings: Settings
) -> None:
    """Asked for again, links live side by side: no later password silently takes the place of the first."""
    first = invited(cast, now, hands)
    later = now + timedelta(minutes=5)
    recover_account.ask(identifier=EMAIL, visitor=visitor(), now=later)
    work(hands, later)
    second = link_in(hands.mail.mails[-1].written.text, "/activation/")
    assert second != first
    settings.PASSWORD_HASHERS = ["tests.lab.slow_hasher.SlowHasher"]
    SlowHasher.meanwhile.append(lambda: finish(second, later))
    with pytest.raises(LinkNotValid):
        finish(first, later, Secret("un autre canari, plus discret"))
    assert Person.objects.get(email=EMAIL).check_password(NEW.reveal())
