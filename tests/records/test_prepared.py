"""What is prepared gives what Django would give, told values in place of written ones."""

from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.test.utils import CaptureQueriesContext

from linekey.domain.lifecycle import State
from linekey.records.browser_sessions import SessionStore
from linekey.records.models import AuditEntry, CredentialVersion, Person, Service, Tally
from linekey.records.prepared import Change, Question, insert, insert_missing, moment, number, replace, text
from tests.build import Cast

OF_SERVICE = Question(
    lambda: Service.objects.select_related("sip", "ppp", "owner__organisation", "site").filter(
        reference=text("reference")
    )
)
LOCKED = Question(lambda: Service.objects.select_for_update().filter(pk=number("service")))


def version(service: Service, number: int, now: datetime, state: State = State.PLANNED) -> CredentialVersion:
    return CredentialVersion(
        service=service, number=number, state=state, verb="reset", plan=f"plan-{number}", created_at=now
    )


def test_it_gives_the_rows_of_its_queryset_and_all_they_belong_to(cast: Cast) -> None:
    for service in (cast.line, cast.access, cast.pbx, cast.eves_line):
        rows = Service.objects.select_related("sip", "ppp", "owner__organisation", "site")
        written = rows.get(reference=service.reference)
        with CaptureQueriesContext(connection) as asked:
            (found,) = OF_SERVICE.all(reference=service.reference)
            told = [
                (each.site, each.owner, each.owner and each.owner.organisation) for each in (found, written)
            ]
        assert len(asked) == 1
        assert found == written and told[0] == told[1]
        for name in ("sip", "ppp"):
            assert getattr(found, name, None) == getattr(written, name, None)
        for field in Service._meta.concrete_fields:
            assert getattr(found, field.attname) == getattr(written, field.attname)


def test_it_tells_beside_a_row_what_its_queryset_does(cast: Cast) -> None:
    owned = Exists(Person.objects.filter(pk=OuterRef("owner")))
    asked = Question(lambda: Service.objects.annotate(owned=owned).filter(reference=text("reference")))
    for service in (cast.line, cast.access, cast.pbx, cast.eves_line):
        (found,) = asked.all(reference=service.reference)
        assert getattr(found, "owned", None) is (service.owner is not None)


def test_each_time_with_the_values_of_that_time(cast: Cast) -> None:
    assert OF_SERVICE.first(reference=cast.line.reference) == cast.line
    assert OF_SERVICE.first(reference=cast.access.reference) == cast.access
    assert OF_SERVICE.first(reference="nothing") is None


def test_a_number_which_no_column_holds_is_nobodys(cast: Cast) -> None:
    everything = Question(lambda: Service.objects.filter(pk=number("service")))
    assert everything.first(service=cast.line.pk) == cast.line
    assert everything.first(service=2**63) is None


@pytest.mark.django_db(transaction=True)
def test_a_row_is_locked_within_a_transaction_only(cast: Cast) -> None:
    with transaction.atomic():
        assert LOCKED.first(service=cast.line.pk) == cast.line
    with pytest.raises(transaction.TransactionManagementError):
        LOCKED.first(service=cast.line.pk)


def test_a_change_says_how_many_it_changed(cast: Cast, now: datetime) -> None:
    insert([version(cast.line, each, now) for each in (1, 2, 3)])
    take = Change(
        lambda: CredentialVersion.objects.filter(service_id=number("service"), state=text("state")),
        state=State.LIVE,
        live_at=moment("now"),
    )
    later = now + timedelta(hours=1)
    assert take(service=cast.line.pk, state="planned", now=later) == 3
    assert take(service=cast.line.pk, state="planned", now=later) == 0
    assert set(cast.line.versions.values_list("state", "live_at")) == {("live", later)}


def test_new_rows_know_their_keys_in_the_order_they_came(cast: Cast, now: datetime) -> None:
    rows = [version(cast.line, each, now) for each in (1, 2, 3)]
    insert(rows)
    assert [row.pk for row in rows] == sorted(row.pk for row in rows)
    for row in rows:
        kept = CredentialVersion.objects.get(pk=row.pk)
        assert (kept.number, kept.sealed, kept.used_by, kept.live_at) == (row.number, b"", {}, None)
    insert([])


def test_what_is_written_down_is_what_django_would_write(cast: Cast, now: datetime) -> None:
    def entry() -> AuditEntry:
        facts = {"quote": "l'été « 100 % »", "empty": ""}
        return AuditEntry(at=now, door="portal", action="told", service=cast.line, path="1.", facts=facts)

    ours, theirs = entry(), entry()
    insert([ours])
    theirs.save()
    told, written = AuditEntry.objects.filter(pk__in=(ours.pk, theirs.pk)).order_by("pk").values()
    assert {**told, "id": 0} == {**written, "id": 0}


def test_what_is_there_stays_or_is_replaced(db: None, now: datetime) -> None:
    insert_missing([Tally(key="a", count=1, since=now)])
    insert_missing([Tally(key="a", count=5, since=now), Tally(key="b", count=2, since=now)])
    assert dict(Tally.objects.values_list("key", "count")) == {"a": 1, "b": 2}
    replace([Tally(key="a", count=7, since=now), Tally(key="c", count=3, since=now)])
    assert dict(Tally.objects.values_list("key", "count")) == {"a": 7, "b": 2, "c": 3}


class Drawing(SessionStore):
    """Draws what it is told to."""

    def __init__(self, *keys: str) -> None:
        super().__init__()
        self.drawn = list(keys)

    def _get_new_session_key(self) -> str:
        return self.drawn.pop(0)


@pytest.mark.django_db(transaction=True)
def test_a_session_key_which_is_taken_is_drawn_again() -> None:
    first, second = "a" * 32, "b" * 32
    Drawing(first).create()
    again = Drawing(first, second)
    again["opened"] = 7
    again.save()
    assert again.session_key == second
    assert again.exists(first) and again.exists(second)


@pytest.mark.parametrize("cookie", ["c" * 32, "d\0" * 16, "é" * 32, "' OR 1=1 -- and so on"])
def test_a_cookie_that_names_no_session_opens_an_empty_one(db: None, cookie: str) -> None:
    assert dict(SessionStore(cookie).items()) == {}
