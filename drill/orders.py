"""The campaign which goes on meanwhile, as its maker's program sees it."""

import time
from contextlib import suppress

import httpx

from drill.machines import PATIENCE_SECONDS, Broken
from drill.town import CAMPAIGNS


class Campaign:
    def __init__(self, url: str, secret: str, rate: int) -> None:
        headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "drill-campaign"}
        self._desk = httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=5)
        self._orders = {
            "name": "Fuite de mars",
            "filters": {"reference": CAMPAIGNS},
            "mode": "immediate",
            "hand_over": "file",
            "rate": rate,
        }
        self._reference = ""
        self._done = 0

    @staticmethod
    def is_open(url: str) -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{url}/healthz", timeout=2).status_code == 200
        return False

    def begin(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            with suppress(httpx.TransportError):
                answer = self._desk.post("/campaigns", json=self._orders)
                if answer.status_code == 202:
                    self._reference = answer.json()["reference"]
                    return
                if answer.status_code < 500:
                    raise Broken(f"the campaign was refused: {answer.text}")
            if time.monotonic() > deadline:
                raise Broken("the campaign was never accepted.")
            time.sleep(0.5)

    def done(self) -> int:
        """Lines that are through; what was last known while nobody answers."""
        with suppress(httpx.TransportError):
            answer = self._desk.get(f"/campaigns/{self._reference}")
            if answer.status_code == 200:
                self._done = int(answer.json()["done"])
        return self._done
