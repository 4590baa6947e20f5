"""States of one version of a credential, and the moves between them.

A retirement is a version too: one that holds no secret. It is live once the element accepts nothing.

```mermaid
stateDiagram-v2
    [*] --> planned : recorded, not yet on the element
    planned --> live : the element took it
    planned --> superseded : a newer version was recorded first
    planned --> abandoned : staff gave the change up
    live --> superseded : a newer version is live
```
"""

from enum import StrEnum


class State(StrEnum):
    PLANNED = "planned"
    LIVE = "live"
    SUPERSEDED = "superseded"
    ABANDONED = "abandoned"


MOVES: dict[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.LIVE, State.SUPERSEDED, State.ABANDONED}),
    State.LIVE: frozenset({State.SUPERSEDED}),
    State.SUPERSEDED: frozenset(),
    State.ABANDONED: frozenset(),
}


def may_move(old: State, new: State) -> bool:
    return new in MOVES[old]
