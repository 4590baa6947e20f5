"""Rows by the thousand are the very rows which one by one would have become."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from linekey.records import many
from linekey.records.models import AuditEntry, CredentialVersion, OutboxEffect, Service
from tests.build import Cast

pytestmark = pytest.mark.django_db


def test_what_is_not_told_is_as_the_model_says_by_default(cast: Cast, now: datetime) -> None:
    rows = [("plan-1", 0, {"by": "Ada"}, now), ("plan-1", 1, {}, now)]
    columns = ("plan", "step", "facts", "not_before")
    many.insert(OutboxEffect, columns, rows, lane="lane", kind="push", bulk=True, created_at=now)
    one = OutboxEffect(plan="plan-1", step=2, lane="lane", kind="push", not_before=now, created_at=now)
    one.save()
    rows_there = OutboxEffect.objects.filter(plan="plan-1").order_by("id").values()
    first, second, third = [dict[str, object](row) for row in rows_there]
    assert (first["facts"], second["facts"], first["bulk"]) == ({"by": "Ada"}, {}, True)
    for row in (first, second, third):
        for told in ("id", "step", "facts", "bulk"):
            del row[told]
    assert first == second == third


def test_keys_drawn_before_are_those_of_the_rows_and_nobody_elses(cast: Cast, now: datetime) -> None:
    keys = many.numbers(CredentialVersion, 3)
    assert keys == sorted(set(keys))
    rows = [(key, number, b"sealed", f"plan-{number}") for number, key in enumerate(keys, start=90)]
    about = {"service_id": cast.eves_line.pk, "state": "planned", "verb": "reset", "created_at": now}
    many.insert(CredentialVersion, ("id", "number", "sealed", "plan"), rows, **about)
    later = CredentialVersion.objects.create(number=93, plan="plan-93", sealed=b"", **about)
    assert later.pk not in keys
    assert bytes(CredentialVersion.objects.get(pk=keys[1]).sealed) == b"sealed"


def test_what_the_tables_refuse_they_refuse_by_the_thousand(cast: Cast, now: datetime) -> None:
    about = {"state": "planned", "verb": "reset", "created_at": now, "sealed": b"", "number": 7}
    twice = [(cast.eves_line.pk, "one"), (cast.eves_line.pk, "other")]
    with pytest.raises(IntegrityError), transaction.atomic():
        many.insert(CredentialVersion, ("service_id", "plan"), twice, **about)


def test_however_many_are_looked_for_they_are_found(cast: Cast) -> None:
    lines = {cast.line.pk, cast.eves_line.pk}
    wanted = [*lines, *range(10**9, 10**9 + 5_000)]
    assert set(Service.objects.filter(many.among("pk", wanted)).values_list("pk", flat=True)) == lines
    references = [cast.line.reference, "nobody's"]
    assert Service.objects.filter(many.among("reference", references)).get() == cast.line
    assert not AuditEntry.objects.filter(many.among("service_id", [])).exists()
