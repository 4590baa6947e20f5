"""Campaigns by program: looked at, begun once, followed, steered, and their file taken (NEW-6)."""

from datetime import timedelta

import pyrage
import pytest
from django.test import Client
from django.utils import timezone

from linekey.domain.access import Scope
from linekey.records.models import Campaign
from tests.api.programs import Program, key_of
from tests.build import Cast
from tests.hands import Hands
from tests.usecases.campaigns import go_through, live_lines, step

CHOSEN = {"filters": {"reference": "0033979"}, "mode": "immediate", "hand_over": "file", "rate": 500}
PASSPHRASE = "huit chevaux mangent du foin"


@pytest.fixture
def chen(cast: Cast) -> Program:
    live_lines(cast.lumen, 3, timezone.now())
    return Program.with_token(key_of(cast.chen, {Scope.CREDENTIALS, Scope.READ}))


def begun(chen: Program) -> Campaign:
    answer = chen.post("/campaigns", {"name": "Fuite de mars", **CHOSEN})
    assert answer.status == 202, answer.value
    return Campaign.objects.get(reference=answer.value["reference"])


def test_a_preview_changes_nothing(cast: Cast, chen: Program) -> None:
    told = chen.get("/campaigns/preview?reference=0033979&mode=immediate&hand_over=link").value
    assert (told["found"], told["rotated"], told["left"]) == (3, 0, {"no_contact": 3})
    assert {one["reason"] for one in told["sample"]} == {"no_contact"}
    told = chen.get("/campaigns/preview?reference=0033979&mode=immediate&hand_over=file").value
    assert (told["rotated"], told["by_kind"]) == (3, {"sip_line": 3})
    assert not Campaign.objects.exists()


def test_begun_twice_under_one_name_it_is_one(cast: Cast, chen: Program) -> None:
    assert begun(chen) == begun(chen)
    assert [row["name"] for row in chen.get("/campaigns").value["campaigns"]] == ["Fuite de mars"]


def test_how_far_it_is_and_which_services_had_which_result(cast: Cast, chen: Program, hands: Hands) -> None:
    campaign = begun(chen)
    place = f"/campaigns/{campaign.reference}"
    assert (chen.get(place).value["state"], chen.get(place).value["left"]) == ("drafted", None)
    go_through(campaign, hands, timezone.now())
    told = chen.get(place).value
    assert (told["state"], told["done"], told["percent"]) == ("done", 3, 100)
    rows = chen.get(f"{place}/services?state=done").value
    assert len(rows["services"]) == 3 and rows["next"] is None
    assert chen.get(f"{place}/services?state=failed").value["services"] == []
    after = rows["services"][1]["id"]
    assert len(chen.get(f"{place}/services?after={after}").value["services"]) == 1


def test_it_is_steered_and_a_repeated_request_steers_once(cast: Cast, chen: Program) -> None:
    campaign = begun(chen)
    place = f"/campaigns/{campaign.reference}"
    assert chen.post(f"{place}/pause").value["state"] == "paused"
    assert chen.post(f"{place}/pause").value["state"] == "paused"
    refused = chen.post(f"{place}/pause", once="another-name-1")
    assert (refused.status, refused.code) == (409, "campaign_over")
    assert chen.post(f"{place}/resume").value["state"] == "drafted"
    assert chen.post(f"{place}/cancel").value["state"] == "cancelled"


def test_the_file_is_taken_once_and_fetched_again(cast: Cast, chen: Program, hands: Hands) -> None:
    campaign = begun(chen)
    place = f"/campaigns/{campaign.reference}"
    assert chen.post(f"{place}/files", {"passphrase": PASSPHRASE}).code == "nothing_to_take"
    go_through(campaign, hands, timezone.now())
    weak = chen.post(f"{place}/files", {"passphrase": "court"})
    assert (weak.status, weak.code) == (422, "weak_passphrase")
    identity = pyrage.x25519.Identity.generate()
    taken = chen.post(f"{place}/files", {"public_key": str(identity.to_public())})
    assert taken.status == 201
    assert chen.get(place).value["files"][0]["lines"] == 3
    address = f"/api/v1{place}/files/{taken.value['file']}"
    for _ in range(2):
        fetched = Client().get(address, headers={"Authorization": f"Bearer {chen.bearer}"})
        assert fetched.headers["Content-Type"] == "application/octet-stream"
        assert pyrage.decrypt(fetched.content, [identity]).count(b"0033979") == 6


def test_support_looks_and_does_not_steer(cast: Cast, chen: Program) -> None:
    campaign = begun(chen)
    step(campaign, timezone.now() + timedelta(seconds=1))
    dina = Program.with_token(key_of(cast.dina))
    assert dina.get(f"/campaigns/{campaign.reference}").value["total"] == 3
    assert dina.post(f"/campaigns/{campaign.reference}/pause").code == "not_allowed"
    for path in ("/campaigns/ROT-0000-0000", "/campaigns/x%00y", "/campaigns/" + "x" * 100):
        assert dina.get(path).status == 404
    bruno = Program.with_token(key_of(cast.bruno))
    assert bruno.get("/campaigns").code == "not_allowed"


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x" * 81},
        {"rate": 0},
        {"mode": "later"},
        {"filters": {"kind": "fax"}},
        {"filters": {"address": "no address"}},
        {"unknown": 1},
    ],
)
def test_what_cannot_be_meant_is_refused(cast: Cast, chen: Program, body: dict[str, object]) -> None:
    refused = chen.post("/campaigns", {"name": "Fuite", **CHOSEN, **body})
    assert (refused.status, refused.code) == (400, "malformed")
