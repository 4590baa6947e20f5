"""What an auditor expects to find: secrets that were read, and from where a key was first used."""

from datetime import datetime, timedelta

from linekey.domain.recovery import Purpose
from linekey.domain.secret import Secret
from linekey.records import tickets
from linekey.records.models import AuditEntry
from linekey.usecases import reveal_secret, use_access_key
from linekey.vault import seal
from tests.api.programs import key_of
from tests.build import Cast

ADDRESSES = ("192.0.2.7", "192.0.2.99", "198.51.100.1", "192.0.2.7", "198.51.100.1")


def test_each_network_a_key_is_used_from_is_written_once(cast: Cast, now: datetime) -> None:
    key = key_of(cast.ada)
    for hour, address in enumerate(ADDRESSES):
        for second in (0, 1):
            at = now + timedelta(hours=hour, seconds=second)
            use_access_key.authenticate(bearer=key.secret, address=address, now=at)
    told = AuditEntry.objects.filter(action="access_key.new_network").order_by("id")
    assert [entry.facts["network"] for entry in told] == ["192.0.2.0/24", "198.51.100.0/24"]
    assert {entry.person_id for entry in told} == {cast.ada.pk}


def test_a_one_time_link_that_was_opened_is_in_the_trail(cast: Cast, now: datetime) -> None:
    token = Secret("a-link-of-ours")
    tickets.issue(seal.digest(token), Purpose.REVEAL, person=cast.ada, service=cast.access, now=now)
    reveal_secret.open_link(token=token, now=now)
    entry = AuditEntry.objects.get(service=cast.access)
    assert (entry.action, entry.door, entry.actor_id) == ("credential.reset", "link", cast.ada.pk)
