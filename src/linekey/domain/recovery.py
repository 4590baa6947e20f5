"""Which links may recover, activate or deliver something, and for how long."""

from datetime import timedelta
from enum import StrEnum

from linekey.domain.flows import LASTS as FLOW_LASTS
from linekey.domain.flows import FlowKind


class Purpose(StrEnum):
    """What a link was made for. A link of one purpose is refused everywhere else (law 8)."""

    RECOVER = "recover"
    ACTIVATE = "activate"
    REVEAL = "reveal"


LASTS: dict[Purpose, timedelta] = {
    Purpose.RECOVER: FLOW_LASTS[FlowKind.RECOVERY],
    Purpose.ACTIVATE: FLOW_LASTS[FlowKind.ACTIVATION],
    Purpose.REVEAL: timedelta(days=3),
}
