"""The pages of the members, walked through in one go."""

from datetime import datetime

import pytest

from linekey.records.models import Tally
from tests.build import Cast
from tests.web.conftest import seated
from tests.web_members.conftest import lock


def test_bruno_finds_the_locked_ada_and_unlocks_her(cast: Cast, now: datetime) -> None:
    lock(cast.ada, now)
    bruno = seated(cast.bruno)
    page = bruno.get("/membres?etat=verrouille").content.decode()
    assert "Ada Lemoine" in page and "Bruno Carpentier</a>" not in page
    assert "/membres/ab12345-lk/deverrouiller" in page
    assert "Yes, unlock" in bruno.get("/membres/ab12345-lk/deverrouiller").content.decode()
    answer = bruno.post("/membres/ab12345-lk/deverrouiller", {"operation": "a" * 32})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/membres/ab12345-lk")
    assert not Tally.objects.filter(until__gt=now).exists()
    assert "Nobody matches." in bruno.get("/membres?etat=verrouille").content.decode()


@pytest.mark.parametrize("who", ["bruno", "chen", "dina", "olivia"])
def test_every_page_opens(cast: Cast, who: str) -> None:
    browser = seated(getattr(cast, who))
    for address in ("", "?etat=sans-2fa&role=subscriber&texte=ada", "/ab12345-lk", "/bc23456-lk"):
        answer = browser.get(f"/membres{address}")
        assert answer.status_code == 200, address
    for leaf in ("deverrouiller", "lien", "role", "double-authentification", "desactiver", "reactiver"):
        answer = browser.get(f"/membres/ab12345-lk/{leaf}")
        never = who == "dina" and leaf not in ("deverrouiller", "lien")
        assert answer.status_code == (403 if never else 200), leaf
    assert browser.get("/membres/inviter").status_code == (403 if who == "dina" else 200)
