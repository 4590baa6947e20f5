"""`make drill`, or `python -m drill [--quick] [--json FILE] [--keep]`.

Linekey on four machines over a PostgreSQL of three, on loopback, loses a worker, the primary and a web
process while people change passwords and a campaign runs; then it proves that nothing was lost, doubled or
out of order. 0: every proof holds; 1: one fails; 2: it could not be carried out.
"""

import argparse
import json
import random
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from drill import evidence, outside, report
from drill.clients import Clients, wishes
from drill.database import missing
from drill.machines import Broken, until
from drill.orders import Campaign
from drill.stage import Stage, folder, stage
from drill.trouble import EVERY, WITHOUT_HANG, Losses, Trouble


@dataclass(frozen=True)
class Size:
    changes: int
    lines: int
    campaign: int
    """Lines of it."""
    rate: int
    """And of these a second."""
    losses: Losses


WHOLE, QUICK = Size(2000, 300, 4000, 100, EVERY), Size(300, 40, 400, 20, WITHOUT_HANG)
SETTLE_SECONDS = 240.0
SEED = 6


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m drill", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few changes, the same losses")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was seen there as well")
    parser.add_argument("--keep", action="store_true", help="leave the folder with every log")
    asked = parser.parse_args()
    if lost := missing():
        _say(f"Not on this machine: {', '.join(lost)}. `bin/setup drill` installs what is missing.")
        return 2
    # `timeout` and Ctrl-C alike: everything that was started is stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began, size = time.monotonic(), QUICK if asked.quick else WHOLE
    try:
        with folder(keep=asked.keep) as home:
            if asked.keep:
                _say(f"In {home}, which is left there.")
            _say(
                "Starting three PostgreSQL with Patroni and etcd, HAProxy, Kamailio, FreeRADIUS and the desk…"
            )
            with stage(home, lines=size.lines, campaign=size.campaign) as ground:
                _say(f"After {time.monotonic() - began:.0f} s: {size.changes} changes, and a campaign.")
                seen = _drill(ground, size, began)
    except Broken as why:
        _say(f"The drill broke: {why}")
        return 2
    except KeyboardInterrupt:
        return 130
    for line in report.told(seen):
        _say(line)
    if asked.json:
        asked.json.write_text(json.dumps(report.as_json(seen), indent=1, ensure_ascii=False) + "\n")
    return 0 if all(proof.holds for proof in seen.proofs) else 1


def _drill(ground: Stage, size: Size, began: float) -> report.Seen:
    wanted = wishes(ground.town.lines, size.changes, random.Random(SEED))
    campaign = Campaign(ground.url, ground.town.reseller_key, size.rate)
    clients = Clients(ground.url, ground.town.owner_key, wanted)
    trouble = Trouble(ground.database, ground.desk, size.losses)
    first = time.monotonic()
    campaign.begin()
    clients.start()
    trouble.run(lambda: clients.heard.accepted, campaign.done, size.changes, clients.go_on)
    clients.join()
    last = time.monotonic()
    trouble.join()
    until(
        evidence.is_quiet,
        "the outbox should become empty",
        *ground.desk.workers.values(),
        seconds=SETTLE_SECONDS,
    )
    settled = time.monotonic()
    _say("Everything is quiet. Comparing what was answered with the trail, the outbox and the registrar…")
    books = evidence.read(ground.town, wanted, ground.network.settings.sip_store)
    proofs = [
        *evidence.weighed(clients.heard, books),
        outside.phones(clients.heard, books, ground.network.settings, random.Random(SEED)),
        outside.trail_verifies(ground.env, len(books.trail)),
        outside.no_traceback(ground.desk.logs()),
        ground.desk.survivors([event.told for event in trouble.events]),
    ]
    return report.Seen(
        changes=size.changes,
        lines=size.lines,
        campaign=size.campaign,
        seconds=last - first,
        settled_after=settled - last,
        gap=clients.heard.longest_gap(),
        again=dict(clients.heard.again),
        statuses=dict(clients.heard.statuses),
        events=trouble.events,
        proofs=proofs,
        whole=time.monotonic() - began,
    )


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
