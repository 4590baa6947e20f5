"""A campaign from the command line, against the real application: begun, watched, its file kept (NEW-6)."""

import json
from pathlib import Path

import pyrage
import pytest
from django.utils import timezone

from linekey.cli.trouble import Exit
from linekey.records.models import Campaign
from tests.build import Cast
from tests.cli.shell import Shell
from tests.hands import Hands
from tests.usecases.campaigns import go_through, live_lines

BEGIN = (
    *("campaigns", "begin", "--name", "Fuite de mars", "--filters-reference", "0033979"),
    *("--mode", "immediate", "--hand-over", "file", "--rate", "500"),
)


@pytest.fixture
def chens(cast: Cast, chen: Shell) -> Shell:
    live_lines(cast.lumen, 3, timezone.now())
    return chen


def test_it_is_looked_at_begun_watched_and_its_file_is_kept(
    chens: Shell, hands: Hands, tmp_path: Path
) -> None:
    looked = chens.run("campaigns", "preview", "--reference", "0033979", *BEGIN[-6:-2])
    assert "rotated\t3\n" in looked.out
    assert chens.run(*BEGIN).status == Exit.USAGE, "nobody is there to confirm it"
    assert "linekey campaigns watch ROT-" in chens.run(*BEGIN, "--yes").err
    campaign = Campaign.objects.get()
    go_through(campaign, hands, timezone.now())
    watched = chens.run("campaigns", "watch", campaign.reference, "--every", "0")
    assert watched.err == "3/3\tdone, 3 done\n" and not watched.out
    identity = pyrage.x25519.Identity.generate()
    key = str(identity.to_public())
    taken = chens.run("campaigns", "take", campaign.reference, "--public-key", key, "--stdin", "--json")
    file, place = json.loads(taken.out)["file"], tmp_path / "new.csv.age"
    assert chens.run("campaigns", "file", campaign.reference, file, "-o", str(place)).status == Exit.DONE
    assert pyrage.decrypt(place.read_bytes(), [identity]).startswith(b"reference;")


def test_on_a_terminal_there_is_a_bar(chens: Shell, hands: Hands) -> None:
    chens.run(*BEGIN, "--yes")
    campaign = Campaign.objects.get()
    go_through(campaign, hands, timezone.now())
    chens.terminal = True
    out = chens.run("campaigns", "watch", campaign.reference).out
    assert "Fuite de mars" in out and "100 %" in out and "3 done" in out
    told = json.loads(chens.run("campaigns", "show", campaign.reference, "--json").out)
    assert told["done"] == 3
