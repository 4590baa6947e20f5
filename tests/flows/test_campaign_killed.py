"""Ten thousand lines after a leak, on the embedded default, real elements: a kill changes nothing (NEW-6).

The worker and the pages are killed in turn while it runs. Every line ends with one new password, and
Kamailio's table has the very one that Linekey has.
"""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.lab.product import Product, eventually, started

pytestmark = pytest.mark.real

LINES = 10_000
HERE = Path(__file__).parent
ORDERS = {
    "name": "Fuite de mars",
    "filters": {"reference": "0033979"},
    "mode": "grace",
    "hand_over": "file",
    "rate": 500,
}
KILLS = (("main()) work", 1_000), ("gunicorn", 4_000), ("main()) work", 7_000))
"""Words of the command line of what is killed, and after how many lines."""


@pytest.fixture
def own_product(tmp_path: Path, nas: int) -> Iterator[Product]:
    """Ten thousand lines would stay in the one which other tests share."""
    with started(tmp_path / "product", nas) as one:
        yield one


def test_a_campaign_killed_three_times_rotates_every_line_once(own_product: Product) -> None:
    secret = own_product.inside((HERE / "campaign_lines.py").read_text())
    desk = httpx.Client(
        base_url=f"{own_product.url}/api/v1",
        headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": "campaign-1"},
        timeout=30,
    )
    with desk:
        begun = desk.post("/campaigns", json=ORDERS)
        assert begun.status_code == 202, begun.text
        place = f"/campaigns/{begun.json()['reference']}"
        for words, after in KILLS:
            eventually(partial(_is_through, desk, place, after), 60)
            _kill(own_product, words)
        eventually(lambda: _look(desk, place).get("state") == "done", 90)
        # The same request once more is the same campaign.
        assert desk.post("/campaigns", json=ORDERS).json()["reference"] in place
    told = json.loads(own_product.inside((HERE / "campaign_result.py").read_text()))
    assert told == {
        "lines": {"done": LINES},
        "versions": {"1": LINES, "2": LINES},
        "states": {"live": LINES},
        "trail": LINES,
        "pushes": LINES,
        "agree": LINES,
        "distinct": LINES,
    }


def _look(desk: httpx.Client, place: str) -> dict[str, Any]:
    """Nothing while the pages are dead."""
    with suppress(httpx.TransportError):
        answer = desk.get(place)
        if answer.status_code == 200:
            found: dict[str, Any] = answer.json()
            return found
    return {}


def _is_through(desk: httpx.Client, place: str, lines: int) -> bool:
    return int(_look(desk, place).get("done", 0)) >= lines


def _kill(product: Product, words: str) -> None:
    ids = product.processes(words)
    assert ids, words
    for number in ids:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
