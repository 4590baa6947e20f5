"""The audit trail for people: a page per branch, service and account, its seals, and what leaves it."""

import csv
import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linekey.records import audit
from linekey.records.models import AuditEntry, Person
from linekey.usecases import chain_audit, verify_audit
from tests.audit.conftest import trail_of, unlocked, write
from tests.build import Cast, actor
from tests.web.conftest import seated

PAGES = ("/journal", "/revendeur/services/0033972101010/journal", "/membres/ab12345-lk/journal")


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def bruno(cast: Cast) -> Client:
    return seated(cast.bruno)


def body(answer: Any) -> str:
    return bytes(answer.content).decode()


def taken(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


def happened(
    cast: Cast,
    who: Person,
    now: datetime,
    action: str = "member.reset",
    *,
    address: str = "203.0.113.9",
    device: str = "Firefox",
    label: str = "",
) -> None:
    """`who` did something to Ada's account."""
    audit.write(
        action=action,
        now=now,
        actor=actor(who),
        person=cast.ada,
        address=address,
        device=device,
        label=label,
    )


@pytest.mark.parametrize("page", PAGES)
def test_a_desk_reads_what_happened_and_how_it_is_sealed(
    cast: Cast, bruno: Client, now: datetime, page: str
) -> None:
    audit.write(
        action="credential.reset",
        now=now,
        actor=actor(cast.bruno),
        service=cast.line,
        person=cast.ada,
        address="203.0.113.9",
    )
    assert "waits for its place" in body(bruno.get(page))
    chain_audit.chain_audit(now=now)
    told = body(bruno.get(page))
    for words in (
        "The password of 0033972101010 was reset.",
        "Bruno Carpentier",
        "from 203.0.113.9",
        "Atelier Lumen",
        "chained",
        "no. 1",
    ):
        assert words in told, words


@pytest.mark.parametrize("page", [*PAGES, "/journal/export"])
def test_a_subscriber_is_shown_their_own_page_and_not_this(cast: Cast, page: str) -> None:
    ada = seated(cast.ada)
    assert ada.get(page).status_code == 403
    assert ada.get("/compte/activite").status_code == 200


@pytest.mark.parametrize("page", [*PAGES, "/journal/export"])
def test_a_stranger_signs_in_first(cast: Cast, page: str) -> None:
    assert Client().get(page).status_code == 303


def test_nobody_reads_the_journal_of_what_they_do_not_see(cast: Cast, bruno: Client) -> None:
    for foreign, unknown in (
        (f"/membres/{cast.eve.customer_id}/journal", "/membres/zz99999-lk/journal"),
        (f"/revendeur/services/{cast.eves_line.reference}/journal", "/revendeur/services/0000/journal"),
    ):
        assert bruno.get(foreign).status_code == bruno.get(unknown).status_code == 404


def test_each_sees_the_entries_of_their_branch_alone(cast: Cast, now: datetime) -> None:
    happened(cast, cast.bruno, now)
    audit.write(action="person.language", now=now, actor=actor(cast.eve), person=cast.eve)
    audit.write(action="account.asked", now=now, actor=None)
    seen = {
        who.first_name: set(
            AuditEntry.objects.filter(
                pk__in=[line.row.id for line in seated(who).get("/journal").context["lines"]]
            ).values_list("action", flat=True)
        )
        for who in (cast.bruno, cast.chen, cast.dina, cast.olivia)
    }
    everything = {"member.reset", "person.language", "account.asked"}
    assert seen == {
        "Bruno": {"member.reset"},
        "Chen": {"member.reset"},
        "Dina": everything,
        "Olivia": everything,
    }


def test_who_of_another_organisation_acted_and_from_where_stays_theirs(
    cast: Cast, bruno: Client, now: datetime
) -> None:
    """The support agent helped Ada: her company reads which organisation did, and no more."""
    happened(cast, cast.dina, now, address="198.51.100.77", device="Dina's own browser")
    chain_audit.chain_audit(now=now)
    told = body(bruno.get("/journal"))
    exported = taken(bruno.get("/journal/export?format=json")) + taken(bruno.get("/journal/export"))
    for text in (told, exported):
        assert "Linekey Télécom" in text or "Linekey T\\u00e9l\\u00e9com" in text
        for hidden in ("Dina", "Haddad", cast.dina.customer_id, "198.51.100.77"):
            assert hidden not in text
    assert "198.51.100.77" in body(seated(cast.olivia).get("/journal"))


def test_filters_narrow_by_what_who_which_way_and_when(cast: Cast, bruno: Client, now: datetime) -> None:
    happened(cast, cast.bruno, now - timedelta(days=9))
    write(cast, 1, now)
    audit.write(action="session.refused", now=now, actor=None, person=cast.ada, address="203.0.113.9")
    today = timezone.localdate()

    def actions(query: str) -> list[str]:
        return [line.row.action for line in bruno.get(f"/journal?{query}").context["lines"]]

    assert actions("") == ["session.refused", "credential.reset", "member.reset"]
    assert actions("sorte=sign_in") == ["session.refused"]
    assert actions("sorte=moon") == actions("")
    assert actions("personne=ab12345-lk") == ["session.refused", "member.reset"]
    assert actions("personne=ev67890-lk") == []
    assert actions("service=0033972101010") == ["credential.reset"]
    assert actions("texte=00339721") == ["credential.reset"]
    assert actions("texte=bc23456-lk") == ["credential.reset", "member.reset"]
    assert actions("porte=system") == ["session.refused"]
    assert actions(f"du={today}") == ["session.refused", "credential.reset"]
    assert actions(f"au={today - timedelta(days=1)}") == ["member.reset"]
    assert b"Nothing matches." in bruno.get("/journal?porte=link").content


@pytest.mark.parametrize("query", ["du=x", "au=0001-01-01", "avant=-1", "texte=%00", f"texte={'a' * 200}"])
def test_what_cannot_be_read_is_refused(bruno: Client, query: str) -> None:
    assert bruno.get(f"/journal?{query}").status_code == 400
    assert bruno.get("/journal/export?format=exe").status_code == 400


def test_a_long_trail_is_read_a_page_at_a_time(cast: Cast, bruno: Client, now: datetime) -> None:
    write(cast, 60, now)
    first = bruno.get("/journal?sorte=credential")
    second = bruno.get("/journal" + first.context["older"])
    ids = [line.row.id for page in (first, second) for line in page.context["lines"]]
    assert len(ids) == 60 and ids == sorted(set(ids), reverse=True)
    assert b"Back to the newest" in second.content and not second.context["older"]


def test_a_page_costs_as_many_queries_however_long_it_is(cast: Cast, bruno: Client, now: datetime) -> None:
    costs = []
    for _ in range(2):
        write(cast, 20, now)
        chain_audit.chain_audit(now=now)
        with CaptureQueriesContext(connection) as asked:
            bruno.get("/journal")
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 14


def test_verify_now_tells_that_all_is_well(cast: Cast, bruno: Client, now: datetime) -> None:
    trail_of(cast, 5, now)
    told = body(bruno.post("/journal/verification"))
    assert "Everything is as it was sealed" in told
    assert "Back to the audit trail" in told
    assert AuditEntry.objects.filter(action="audit.verified", actor=cast.bruno).count() == 1
    page = body(bruno.get("/journal?sorte=credential"))
    assert "verified" in page and "not what was sealed" not in page


def test_verify_now_names_what_was_done(cast: Cast, bruno: Client, now: datetime) -> None:
    trail_of(cast, 5, now)
    with unlocked():
        AuditEntry.objects.filter(chain=cast.lumen.pk, number=3).update(action="session.open")
    told = body(bruno.post("/journal/verification", headers={"hx-request": "true"}))
    assert "1 trace of tampering was found." in told
    assert "Entry 3 does not say what was sealed" in told
    assert "<html" not in told
    assert "not what was sealed" in body(bruno.get("/journal"))


def test_a_long_chain_is_verified_over_several_requests(cast: Cast, bruno: Client, now: datetime) -> None:
    many = verify_audit.AT_ONCE + 10
    AuditEntry.objects.bulk_create(
        AuditEntry(at=now, door="system", action="x", path=cast.lumen.path) for _ in range(many)
    )
    assert chain_audit.chain_audit(now=now) == many
    answer = bruno.post("/journal/verification")
    assert "Verifying: 20000 of 20010 entries." in body(answer)
    assert "Go on verifying" in body(answer)
    since = answer.context["run"].since.isoformat()
    with unlocked():
        AuditEntry.objects.filter(chain=cast.lumen.pk, number=many - 3).delete()
    told = body(bruno.post("/journal/verification", {"since": since}))
    assert "1 trace of tampering was found." in told


@pytest.mark.parametrize(
    "since", ["x", "2026-13-45T00:00:00Z", "2026-03-02T09:30:00", "2999-01-01T00:00:00Z"]
)
def test_a_run_nobody_can_have_begun_is_begun_anew(
    cast: Cast, bruno: Client, now: datetime, since: str
) -> None:
    trail_of(cast, 1, now)
    answer = bruno.post("/journal/verification", {"since": since})
    assert answer.context["run"].ended and answer.context["run"].entries_done == 1


def test_an_export_of_a_table_is_inert_in_a_spreadsheet(cast: Cast, bruno: Client, now: datetime) -> None:
    for name in ("=HYPERLINK(1)", "@SUM(1)", "+1", "\t=1", "a\r\nforged,line", "\x1b[31mred", "\u202eturned"):
        AuditEntry.objects.create(
            at=now, actor=cast.bruno, door="portal", action=name[:60], path=cast.lumen.path, facts={"x": name}
        )
    answer = bruno.get("/journal/export?format=csv")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="journal-')
    text = taken(answer)
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0][2] == "What happened"
    assert len(rows) == 1 + 7 + 1  # And that it was exported.
    for row in rows[1:]:
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
            assert cell.isprintable()


def test_an_export_is_what_the_filter_shows_and_the_trail_says_which(
    cast: Cast, bruno: Client, now: datetime
) -> None:
    write(cast, 2, now)
    happened(cast, cast.bruno, now)
    query = f"?format=json&service=0033972101010&du={timezone.localdate()}"
    lines = [json.loads(line) for line in taken(bruno.get(f"/journal/export{query}")).splitlines()]
    assert [line["action"] for line in lines if line["type"] == "entry"] == ["credential.reset"] * 2
    noted = AuditEntry.objects.get(action="audit.exported")
    assert noted.facts["asked"].startswith("service=0033972101010 since=20")


def test_words_of_others_are_shown_inert(cast: Cast, bruno: Client, now: datetime) -> None:
    happened(
        cast,
        cast.bruno,
        now,
        "factor.added",
        label="Clé\r\n2026 forged\x1b[2J \u202egnp.exe<script>",
        device="Mozilla\x1b[31m\u2066",
    )
    told = body(bruno.get("/journal"))
    assert "Clé\ufffd\ufffd2026 forged\ufffd[2J \ufffdgnp.exe&lt;script&gt;" in told
    assert "\x1b" not in told and "\u202e" not in told and "\u2066" not in told


def test_an_export_can_be_verified_and_says_who_took_it(cast: Cast, bruno: Client, now: datetime) -> None:
    trail_of(cast, 3, now)
    lines = [json.loads(line) for line in taken(bruno.get("/journal/export?format=json")).splitlines()]
    assert [line["type"] for line in lines] == ["entry"] * 4 + ["checkpoint", "key"]
    assert lines[1]["previous"] == lines[0]["digest"]
    assert lines[3]["action"] == "audit.exported" and lines[3]["digest"] == ""
    assert (lines[4]["number"], lines[4]["digest"]) == (3, lines[2]["digest"])
