"""The NOTIFY which has a handset fetch its configuration, as Kamailio's `tm.t_uac_start` takes it.

`check-sync` stands in no RFC; every make understands it, and `reboot=false` keeps those which read it (Snom,
Yealink with `sip.notify_reboot_enable = 0`) from restarting in the middle of a call.
"""

import secrets
from typing import Any

from linekey.network.ports import SipAddress

NOTHING = "."
"""What tm takes for « decide yourself »."""


def notify(line: SipAddress, contact: dict[str, Any]) -> tuple[str, ...]:
    """`contact` as `ul.lookup` tells it. Behind a NAT it goes back where the REGISTER came from."""
    headers = (
        f"From: <sip:{line.aor}>;tag={secrets.token_hex(8)}",
        f"To: <sip:{line.aor}>",
        f"Contact: <sip:{line.realm}>",
        "Event: check-sync;reboot=false",
    )
    return (
        "NOTIFY",
        str(contact["Address"]),
        _or_nothing(contact.get("Received")),
        _or_nothing(contact.get("Socket")),
        "".join(f"{header}\r\n" for header in headers),
    )


def _or_nothing(told: object) -> str:
    return NOTHING if told in (None, "", "[not set]", "n/a") else str(told)
