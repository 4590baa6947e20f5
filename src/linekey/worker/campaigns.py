"""Campaigns go on by the clock: a step of each ten times a second, more where more can be done (NEW-6).

Any number of workers may do this: of two, one holds a campaign for a step and the other goes on to the next.
"""

import logging
from threading import Event

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from linekey.records import campaigns
from linekey.usecases import advance_campaign

log = logging.getLogger("linekey.campaigns")

EVERY_SECONDS = 0.1
IDLE_SECONDS = 0.5
"""While there is none."""


def run(stop: Event) -> None:
    """Until `stop`."""
    try:
        pause = IDLE_SECONDS
        while not stop.wait(pause):
            pause = EVERY_SECONDS if turn(stop) else IDLE_SECONDS
    finally:
        connection.close()


def turn(stop: Event) -> bool:
    """A step of every campaign, and more of those which can go on at once. False when there is none."""
    at_work = []
    try:
        at_work = campaigns.at_work()
        for campaign_id in at_work:
            while not stop.is_set() and advance_campaign.advance(campaign_id=campaign_id, now=timezone.now()):
                pass
    except (DatabaseError, InterfaceError) as trouble:
        log.warning("database unreachable, going on later: %s", type(trouble).__name__)
        connection.close()
    return bool(at_work)
