"""Law 8: a link works for one purpose, once, before its end; all die with the password."""

import string
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.utils import timezone

from linekey.domain.errors import LinkNotValid
from linekey.domain.recovery import LASTS, Purpose
from linekey.domain.secret import Secret
from linekey.records import tickets
from linekey.records.models import CredentialVersion, Person, Ticket
from linekey.usecases import recover_account, reveal_secret
from linekey.vault import seal
from tests.build import PORTAL_PASSWORD, Cast

NEW = Secret("un canari jaune et bavard")
Threads = Callable[[list[Callable[[], bool]]], list[bool]]


def issue(cast: Cast, purpose: Purpose, now: datetime) -> Secret:
    token = seal.new_token()
    service = cast.line if purpose is Purpose.REVEAL else None
    tickets.issue(seal.digest(token), purpose, person=cast.ada, service=service, now=now)
    return token


def look(purpose: Purpose, token: Secret, now: datetime) -> None:
    if purpose is Purpose.RECOVER:
        recover_account.look(token=token, now=now)
    else:
        reveal_secret.look(token=token, now=now)


def use(purpose: Purpose, token: Secret, now: datetime) -> None:
    if purpose is Purpose.RECOVER:
        recover_account.finish(token=token, new=NEW, now=now)
    else:
        reveal_secret.open_link(token=token, now=now)


def assert_refused(purpose: Purpose, token: Secret, now: datetime) -> None:
    for attempt in (look, use):
        with pytest.raises(LinkNotValid):
            attempt(purpose, token, now)


@pytest.mark.parametrize("made_for", Purpose)
@pytest.mark.parametrize("used_for", Purpose)
def test_a_link_opens_what_it_was_made_for_and_nothing_else(
    cast: Cast, now: datetime, made_for: Purpose, used_for: Purpose
) -> None:
    token = issue(cast, made_for, now)
    if made_for is used_for:
        look(used_for, token, now)
        use(used_for, token, now)
    else:
        assert_refused(used_for, token, now)
        use(made_for, token, now)


@pytest.mark.parametrize("purpose", Purpose)
class TestEveryLink:
    def test_it_works_until_its_last_instant_and_not_one_later(
        self, cast: Cast, now: datetime, purpose: Purpose
    ) -> None:
        token, end = issue(cast, purpose, now), now + LASTS[purpose]
        look(purpose, token, end - timedelta(microseconds=1))
        assert_refused(purpose, token, end)
        assert_refused(purpose, token, end + timedelta(seconds=1))

    def test_looking_uses_nothing_up(self, cast: Cast, now: datetime, purpose: Purpose) -> None:
        """A mail scanner follows links."""
        token = issue(cast, purpose, now)
        for _ in range(3):
            look(purpose, token, now)
        use(purpose, token, now)

    def test_it_works_once(self, cast: Cast, now: datetime, purpose: Purpose) -> None:
        token = issue(cast, purpose, now)
        use(purpose, token, now)
        assert_refused(purpose, token, now)

    def test_it_dies_with_the_password(self, cast: Cast, now: datetime, purpose: Purpose) -> None:
        token, other = issue(cast, purpose, now), issue(cast, Purpose.RECOVER, now)
        use(Purpose.RECOVER, other, now)
        assert_refused(purpose, token, now)
        assert not Ticket.objects.filter(used_at=None).exists()

    def test_it_dies_with_the_account(self, cast: Cast, now: datetime, purpose: Purpose) -> None:
        token = issue(cast, purpose, now)
        Person.objects.update(is_active=False)
        assert_refused(purpose, token, now)

    def test_a_newer_one_takes_its_place(self, cast: Cast, now: datetime, purpose: Purpose) -> None:
        older, newer = issue(cast, purpose, now), issue(cast, purpose, now)
        assert_refused(purpose, older, now)
        use(purpose, newer, now)

    def test_one_letter_more_less_or_other_is_no_link(
        self, cast: Cast, now: datetime, purpose: Purpose
    ) -> None:
        clear = issue(cast, purpose, now).reveal()
        other = next(letter for letter in string.ascii_letters if letter != clear[0])
        for wrong in (clear[:-1], clear + "x", other + clear[1:], clear.swapcase(), f" {clear}", "", "\0"):
            assert_refused(purpose, Secret(wrong), now)

    def test_a_password_that_is_refused_uses_nothing_up(
        self, cast: Cast, now: datetime, purpose: Purpose
    ) -> None:
        token, before = issue(cast, purpose, now), cast.ada.password
        if purpose is Purpose.RECOVER:
            with pytest.raises(Exception, match="password_refused"):
                recover_account.finish(token=token, new=Secret("court"), now=now)
        cast.ada.refresh_from_db()
        assert cast.ada.password == before
        use(purpose, token, now)


def test_a_link_to_a_line_without_its_line_shows_nothing(cast: Cast, now: datetime) -> None:
    token = seal.new_token()
    tickets.issue(seal.digest(token), Purpose.REVEAL, person=cast.ada, now=now)
    assert_refused(Purpose.REVEAL, token, now)
    assert Ticket.objects.filter(used_at=None).count() == 1


def test_every_session_ends_with_the_password(cast: Cast, now: datetime) -> None:
    stamp = cast.ada.get_session_auth_hash()
    use(Purpose.RECOVER, issue(cast, Purpose.RECOVER, now), now)
    cast.ada.refresh_from_db()
    assert cast.ada.get_session_auth_hash() != stamp
    assert cast.ada.check_password(NEW.reveal()) and not cast.ada.check_password(PORTAL_PASSWORD.reveal())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("purpose", Purpose)
def test_of_a_link_opened_several_times_at_once_one_works(
    committed: Cast, in_threads: Threads, purpose: Purpose
) -> None:
    token, start = issue(committed, purpose, timezone.now()), Barrier(6)

    def open_it() -> bool:
        start.wait(30)
        try:
            use(purpose, token, timezone.now())
        except LinkNotValid:
            return False
        return True

    assert sum(in_threads([open_it] * 6)) == 1
    assert CredentialVersion.objects.count() == (purpose is Purpose.REVEAL)
