"""Services as a program sees them: lists by key, pages, how far a change is; and nobody else's."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linekey.api.services import ROWS
from linekey.domain.access import Role, Scope
from linekey.records.models import AuditEntry
from tests.api.programs import LINE, Program, key_of
from tests.build import Cast, sip_line
from tests.hands import Hands, work

ADAS = ["xdsl-ab12345-1", "0033972101011", "0033972101010"]


def references(program: Program, query: str = "") -> list[str]:
    return [row["reference"] for row in program.get(f"/services{query}").value["services"]]


def test_me_is_the_person_behind_the_key(ada: Program) -> None:
    assert ada.get("/me").value == {
        "customer_id": "ab12345-lk",
        "name": "Ada Lemoine",
        "email": "ada.lemoine@example.org",
        "organisation": "Atelier Lumen",
        "role": "subscriber",
        "language": "fr",
        "scopes": [scope.value for scope in Scope],
    }


def test_a_program_sees_what_its_person_sees(cast: Cast, ada: Program, chen: Program) -> None:
    assert references(ada) == ["xdsl-ab12345-1", "0033972101011", "0033972101010"]
    pbx = ["FPC172947", "FPC172938", "FPC172932"]
    assert references(chen) == [ADAS[0], *pbx, *ADAS[1:], "CTX-00217"]
    everything = references(Program.with_token(key_of(cast.dina)))
    eves = {"0033972202020", "CTX-00999", "FPC199901", "xdsl-ev67890-1"}
    assert set(everything) == {*references(chen), *eves}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?kind=sip_line", ["0033972101011", "0033972101010"]),
        ("?kind=pppoe_access", ["xdsl-ab12345-1"]),
        ("?kind=", ADAS),
        ("?text=xdsl", ["xdsl-ab12345-1"]),
        ("?text=ab12345001", ["xdsl-ab12345-1"]),
        ("?text=eve", []),
        ("?text=%00", ADAS),
        ("?text=%25", []),
        ("?after=0033972101011", ["0033972101010"]),
        ("?after=zzz", []),
        ("?after=%27%3B--", []),
        ("?after=0033972202020", []),
        ("?reference=0033&state=active", ["0033972101011", "0033972101010"]),
        ("?client=LUMEN&kind=pppoe_access", ["xdsl-ab12345-1"]),
        ("?client_reference=CLI-00042&kind=plain_line", ["0033972101011", "0033972101010"]),
        ("?client_reference=CLI-00108", []),
        ("?kind=user_licence", []),
        ("?address=198.51.&kind=plain_line", ["0033972101011", "0033972101010"]),
        ("?state=closed", []),
        ("?page=7", ADAS),
    ],
)
def test_a_list_is_narrowed(ada: Program, query: str, found: list[str]) -> None:
    assert references(ada, query) == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?kind=fax", "kind"),
        ("?kind=sip_line&kind=fax", "kind"),
        ("?kind=%00", "kind"),
        ("?state=asleep", "state"),
        ("?address=192.0.2.999", "address"),
        (f"?client={'a' * 61}", "client"),
        ("?after=%00", "after"),
        (f"?after={'a' * 61}", "after"),
        (f"?text={'a' * 61}", "text"),
        ("?" + "&".join(f"a{number}=1" for number in range(200)), "request"),
    ],
)
def test_a_query_that_cannot_be_read_is_named(ada: Program, query: str, field: str) -> None:
    answer = ada.get(f"/services{query}")
    assert (answer.status, answer.code, answer.value["field"]) == (400, "malformed", field)


def test_a_long_list_is_read_page_by_page_and_each_costs_the_same(cast: Cast, ada: Program) -> None:
    for number in range(2 * ROWS):
        sip_line(f"0033980{number:06}", cast.lumen, timezone.now(), owner=cast.ada)
    seen: list[str] = []
    query, costs = "", []
    while True:
        with CaptureQueriesContext(connection) as captured:
            page = ada.get(f"/services{query}").value
        costs.append(len(captured))
        seen += [row["reference"] for row in page["services"]]
        if page["next"] is None:
            break
        assert len(page["services"]) == ROWS and page["next"] == seen[-1]
        query = f"?after={page['next']}"
    assert len(seen) == len(set(seen)) == 2 * ROWS + 3 and seen[-3:] == ADAS
    # Pages behind the first look up where they begin.
    assert costs[1] == costs[2] == costs[0] + 1 <= 4


def test_a_full_last_page_has_no_next(cast: Cast, ada: Program) -> None:
    for number in range(ROWS - 3):
        sip_line(f"0033980{number:06}", cast.lumen, timezone.now(), owner=cast.ada)
    page = ada.get("/services").value
    assert len(page["services"]) == ROWS and page["next"] is None


def test_what_was_found_is_exported_whole_and_written_down(cast: Cast, chen: Program) -> None:
    lines = chen.get("/services.csv?kind=user_licence").value.split("\r\n")
    assert lines[0].startswith("\ufeffreference;kind;name;state;organisation;")
    assert [line.partition(";")[0] for line in lines[1:]] == ["FPC172947", "FPC172938", "FPC172932", ""]
    entry = AuditEntry.objects.get(action="services.export")
    assert (entry.door, entry.facts["filters"]) == ("api", "kind=user_licence")
    refused = chen.get("/services.csv?address=nowhere")
    assert (refused.status, refused.value["field"]) == (400, "address")


def test_a_service_tells_what_can_be_done_to_it(ada: Program) -> None:
    line = ada.get(f"/services/{LINE}").value
    assert (line["kind"], line["username"], line["realm"]) == ("sip_line", LINE, "sip.linekey.test")
    assert line["actions"] == ["change", "reset", "send"]
    assert (line["delivery"], line["contact"]) == ("link", "a•••@example.org")
    assert (line["secret_since"], line["renew_due"], line["online"], line["seen_at"]) == (
        None,
        False,
        None,
        None,
    )
    managed = ada.get("/services/0033972101011").value
    assert (managed["managed_phone"], managed["actions"]) == ("Yealink T46U", [])
    access = ada.get("/services/xdsl-ab12345-1").value
    assert (access["delivery"], access["technology"], access["actions"]) == (
        "mail",
        "ftth",
        ["reset", "send"],
    )


def test_progress_tells_what_has_become_true(ada: Program, hands: Hands) -> None:
    assert ada.get(f"/services/{LINE}/progress").value == {"change": None}
    receipt = ada.post(f"/services/{LINE}/reset").value
    change = ada.get(f"/services/{LINE}/progress").value["change"]
    assert (change["plan"], change["verb"], change["state"]) == (receipt["plan"], "reset", "running")
    assert change["network_done"] is False
    work(hands)
    change = ada.get(f"/services/{LINE}/progress").value["change"]
    assert (change["state"], change["network_done"]) == ("done", True)
    steps = {step["kind"]: step["state"] for step in change["steps"]}
    assert steps["push"] == steps["drop"] == steps["notify"] == "done"
    assert ada.get(f"/services/{LINE}").value["secret_since"] is not None


STRANGE = [
    "x",
    "0033972202020",
    "xdsl-ev67890-1",
    "FPC172947",
    "%00",
    "a%00b",
    "a" * 5000,
    "%F0%9F%93%9E",
    "%FF",
]


@pytest.mark.parametrize("reference", STRANGE)
def test_unknown_and_not_yours_are_one_answer_at_every_call(ada: Program, reference: str) -> None:
    """Law 11."""
    unknown = ada.get("/services/unknown")
    attempts = [
        ada.get(f"/services/{reference}"),
        ada.get(f"/services/{reference}/progress"),
        ada.post(f"/services/{reference}/change", {"password": "Tilleul-4718-bleu"}),
        *[ada.post(f"/services/{reference}/{verb}") for verb in ("reset", "send", "retire")],
    ]
    for answer in attempts:
        assert (answer.status, answer.value) == (404, unknown.value)


def test_a_role_is_asked_at_every_call(cast: Cast) -> None:
    """A key of somebody whose role changed does what they may now."""
    program = Program.with_token(key_of(cast.bruno))
    assert "FPC172947" in references(program)
    assert program.get(f"/services/{LINE}").value["actions"] == ["change", "reset", "send", "retire"]
    cast.bruno.role = Role.SUBSCRIBER
    cast.bruno.save()
    assert references(program) == []
    assert program.get(f"/services/{LINE}").status == 404
