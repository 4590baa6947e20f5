"""A consumer key carries the rights of whoever validated it: it sleeps while that account is disabled."""

from django.utils import timezone

from linekey.domain.members import DisabledFor
from linekey.records.models import Person
from linekey.usecases import manage_member
from tests.api_ovh.scripts import Script
from tests.build import Cast, actor


def test_a_script_is_refused_at_once_and_works_again_when_its_owner_does(cast: Cast, ada: Script) -> None:
    assert ada.get("/me").status == 200
    bruno, now = actor(cast.bruno, timezone.now()), timezone.now()
    manage_member.disable(actor=bruno, customer_id="ab12345-lk", reason=DisabledFor.ADMINISTRATOR, now=now)
    answer = ada.get("/me")
    assert (answer.status, answer.error) == (403, "INVALID_CREDENTIAL")
    manage_member.enable(actor=bruno, customer_id="ab12345-lk", now=now)
    assert ada.get("/me").status == 200


def test_a_password_to_be_changed_stops_no_script(cast: Cast, ada: Script) -> None:
    Person.objects.filter(pk=cast.ada.pk).update(must_change_password=True)
    assert ada.get("/me").status == 200
