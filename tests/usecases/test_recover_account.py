"""A lost password: the link, what it shows, and what ends when the new one is set (ACC-5)."""

from datetime import datetime

import pytest
from django.utils import timezone

from linekey.domain.errors import LinkNotValid, PasswordRefused
from linekey.domain.secret import Secret
from linekey.records.models import AuditEntry, OutboxEffect, Person
from linekey.usecases import recover_account
from tests.build import Cast
from tests.hands import Hands, work

NEW = Secret("un canari jaune et bavard")


@pytest.fixture
def token(cast: Cast, now: datetime, hands: Hands) -> Secret:
    recover_account.ask(identifier=" AB12345-LK ", now=now)
    work(hands)
    text = hands.mail.mails[0].written.text
    return Secret(text.partition("/mot-de-passe-perdu/")[2].split()[0])


def test_the_link_says_whose_account_it_is_and_which_rules_hold(
    cast: Cast, now: datetime, token: Secret
) -> None:
    # The worker issued it by its own clock, and the page looks by the same.
    invitation = recover_account.look(token=token, now=timezone.now())
    assert (invitation.customer_id, invitation.language) == ("ab12345-lk", "fr")
    verdicts = recover_account.verdicts(token=token, candidate=Secret("Lemoine"), now=timezone.now())
    assert [verdict.rule for verdict in verdicts] == list(invitation.conditions)
    assert {verdict.rule.code for verdict in verdicts if not verdict.good} == {"length", "personal"}


def test_the_new_password_counts_and_its_owner_is_told(
    cast: Cast, now: datetime, token: Secret, hands: Hands
) -> None:
    recover_account.finish(token=token, new=NEW, now=now)
    work(hands)
    assert Person.objects.get(pk=cast.ada.pk).check_password(NEW.reveal())
    assert len(hands.mail.mails) == 2 and hands.mail.mails[1].address == cast.ada.email
    assert AuditEntry.objects.get().action == "password.recovered"


def test_a_password_that_breaks_a_rule_changes_nothing(cast: Cast, now: datetime, token: Secret) -> None:
    with pytest.raises(PasswordRefused):
        recover_account.finish(token=token, new=Secret("motdepasse"), now=now)
    assert not AuditEntry.objects.exists()
    recover_account.finish(token=token, new=NEW, now=now)


def test_a_made_up_link_is_no_link(cast: Cast, now: datetime) -> None:
    with pytest.raises(LinkNotValid):
        recover_account.look(token=Secret("made up"), now=now)


@pytest.mark.parametrize("typed", ["a\0b", "x" * 10_000, "", "😀", "' OR 1=1 --"])
def test_whatever_is_typed_is_taken_and_trimmed(cast: Cast, now: datetime, hands: Hands, typed: str) -> None:
    recover_account.ask(identifier=typed, now=now)
    work(hands)
    row = OutboxEffect.objects.get()
    assert row.state == "done" and len(row.facts["identifier"]) <= 254 and not hands.mail.mails
