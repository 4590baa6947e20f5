"""A registrar whose memory fills up is told of before it refuses a phone."""

from pathlib import Path
from typing import Any, cast

import pytest

from linekey.network.jsonrpc import KamailioRpc
from linekey.network.kamailio_health import look
from linekey.network.ports import Check, Finding
from linekey.network.store import open_store


@pytest.mark.parametrize(("used", "good"), [(43_218_968, True), (60_000_000, False)])
def test_what_phones_have_left_of_its_shared_memory_is_looked_at(
    tmp_path: Path, used: int, good: bool
) -> None:
    def told(method: str) -> Any:
        answers = {
            "core.shmmem": {"total": 67_108_864, "real_used": used},
            "core.uptime": {"now": "Mon Mar  2 09:30:00 2026"},
        }
        return answers[method]

    room = _room(tmp_path, cast("KamailioRpc", told))
    assert room.good is good
    assert ("SHM_MEMORY" in room.remedy) is not good


def _room(folder: Path, rpc: KamailioRpc) -> Finding:
    store = open_store(f"sqlite:///{folder / 'sip.db'}")
    try:
        found = look("kamailio-1", store, store, rpc, None, lambda: False)
    finally:
        store.dispose()
    return next(finding for finding in found if finding.check is Check.ROOM)
