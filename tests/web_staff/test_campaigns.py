"""The pages of campaigns: chosen, looked at, confirmed, followed, paused, and their file taken (NEW-6)."""

from urllib.parse import urlencode

import pyrage
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linekey.domain.campaigns import Brake, Pace
from linekey.records.models import Campaign, CampaignLine
from tests.build import Cast
from tests.hands import Hands
from tests.usecases.campaigns import go_through, live_lines, orders, started, step
from tests.web.conftest import seated

CHOSEN = {
    "nom": "Fuite de mars",
    "reference": "0033979",
    "mode": "immediate",
    "remise": "file",
    "cadence": "500",
    "vague": "0",
    "pause": "0",
    "seuil": "5",
    "echecs": "0",
}
PASSPHRASE = "huit chevaux mangent du foin"


@pytest.fixture
def chen(cast: Cast) -> Client:
    return seated(cast.chen)


def html(client: Client, address: str, **asked: str) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.content.decode()


def test_somebody_chooses_looks_confirms_and_a_campaign_begins(cast: Cast, chen: Client) -> None:
    live_lines(cast.lumen, 3, timezone.now())
    assert "nom" in html(chen, reverse("campaign-new"))
    preview = html(chen, reverse("campaign-new"), **CHOSEN)
    assert 'id="preview"' in preview and "0033979000002" in preview
    asked = html(chen, reverse("campaign-confirm"), **CHOSEN)
    assert "Fuite de mars – 3 services" in asked
    answer = chen.post(f"{reverse('campaign-confirm')}?{urlencode(CHOSEN)}", {"operation": "a" * 32})
    campaign = Campaign.objects.get()
    assert answer.headers["Location"] == reverse("campaign", args=[campaign.reference])
    assert campaign.filters == {"reference": "0033979"}
    assert "Fuite de mars" in html(chen, reverse("campaigns"))
    page = html(chen, reverse("campaign", args=[campaign.reference]))
    assert "hx-trigger" in page


def test_what_would_be_left_as_it_is_is_told_with_the_reason(cast: Cast, chen: Client) -> None:
    live_lines(cast.lumen, 2, timezone.now())
    told = html(chen, reverse("campaign-new"), **{**CHOSEN, "remise": "link"})
    assert "2 – " in told and reverse("campaign-confirm") not in told
    assert "<dt>Left as they are</dt><dd>2</dd>" in told
    refused = chen.get(reverse("campaign-confirm"), {**CHOSEN, "remise": "link"})
    assert refused.status_code == 409


@pytest.mark.parametrize(
    "wrong", [{"cadence": "0"}, {"cadence": "x"}, {"ip": "nowhere"}, {"mode": "later"}, {"nom": "<b>"}]
)
def test_what_cannot_be_meant_is_marked_beside_its_field(
    cast: Cast, chen: Client, wrong: dict[str, str]
) -> None:
    answer = chen.get(reverse("campaign-new"), {**CHOSEN, **wrong})
    assert answer.status_code == 422 and 'id="preview"' not in answer.content.decode()
    assert chen.get(reverse("campaign-confirm"), {**CHOSEN, **wrong}).status_code == 400


def test_the_bar_moves_by_itself_and_stands_still_at_the_end(cast: Cast, chen: Client, hands: Hands) -> None:
    now = timezone.now()
    live_lines(cast.lumen, 3, now)
    campaign = started(cast.chen, now)
    address = reverse("campaign", args=[campaign.reference])
    part = chen.get(address, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith('<div id="progress"') and "every 2s" in part
    go_through(campaign, hands, now)
    page = html(chen, address)
    assert "every 2s" not in page and 'value="3" max="3"' in page


def test_paused_resumed_and_cancelled_by_its_buttons(cast: Cast, chen: Client) -> None:
    now = timezone.now()
    live_lines(cast.lumen, 3, now)
    campaign = started(cast.chen, now, orders(pace=Pace(rate=1, wave=2)))
    for act, state in (("pause", "paused"), ("resume", "drafted")):
        answer = chen.post(reverse(f"campaign-{act}", args=[campaign.reference]), follow=True)
        campaign.refresh_from_db()
        assert (answer.status_code, campaign.state) == (200, state)
    step(campaign, now)
    assert "3" in html(chen, reverse("campaign-cancel", args=[campaign.reference]))
    chen.post(reverse("campaign-cancel", args=[campaign.reference]))
    late = chen.post(reverse("campaign-pause", args=[campaign.reference]), follow=True)
    campaign.refresh_from_db()
    assert campaign.state == "cancelled" and late.status_code == 200


def test_the_refused_lines_are_found_among_all(cast: Cast, chen: Client, hands: Hands) -> None:
    now = timezone.now()
    live_lines(cast.lumen, 60, now)
    campaign = started(cast.chen, now, orders(brake=Brake(percent=0, count=60)))
    step(campaign, now)
    hands.registrar.rejecting = True
    go_through(campaign, hands, now)
    address = reverse("campaign", args=[campaign.reference])
    assert campaign.state == "stopped" and "every 2s" not in html(chen, address)
    first = html(chen, address, resultat="failed")
    after = CampaignLine.objects.order_by("pk")[49].pk
    assert f"apres={after}" in first
    rest = html(chen, address, resultat="failed", apres=str(after))
    assert rest.count(reverse("staff-service", args=["0033979"])) == 10
    assert reverse("staff-service", args=["0033979"]) not in html(chen, address, resultat="done")
    assert chen.get(address, {"resultat": "lost"}).status_code == 400


def test_the_maker_takes_the_new_passwords_in_a_file(cast: Cast, chen: Client, hands: Hands) -> None:
    now = timezone.now()
    live_lines(cast.lumen, 2, now)
    campaign = started(cast.chen, now)
    go_through(campaign, hands, now)
    take = reverse("campaign-take", args=[campaign.reference])
    page = reverse("campaign", args=[campaign.reference])
    assert f'"{take}"' in html(chen, page)
    assert chen.post(take, {"passphrase": "court"}).status_code == 422
    for _ in range(2):  # A double click makes one file.
        chen.post(take, {"passphrase": PASSPHRASE})
    file = campaign.files.get()
    assert f'"{take}"' not in html(chen, page)
    answer = chen.get(reverse("campaign-file", args=[campaign.reference, file.uid]))
    assert answer.headers["Content-Disposition"].endswith(f'"linekey-{campaign.reference}.csv.age"')
    assert pyrage.passphrase.decrypt(answer.content, PASSPHRASE).count(b"0033979") == 4
    assert PASSPHRASE not in html(chen, page)


def test_support_sees_how_far_it_is_and_has_no_button(cast: Cast, hands: Hands) -> None:
    now = timezone.now()
    live_lines(cast.lumen, 2, now)
    campaign = started(cast.chen, now)
    dina = seated(cast.dina)
    page = html(dina, reverse("campaign", args=[campaign.reference]))
    assert "campaign-acts" not in page and reverse("campaign-new") not in html(dina, reverse("campaigns"))
    assert dina.get(reverse("campaign-new")).status_code == 403
    assert seated(cast.eve).get(reverse("campaign", args=[campaign.reference])).status_code == 403
