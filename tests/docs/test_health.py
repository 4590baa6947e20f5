"""The page about health says what the rules do."""

from linekey.domain.attention import TABLE
from linekey.domain.copies import TOLERATED
from linekey.domain.health import BURST_LASTS, BURSTS, GRACE_NEAR, REFUSALS_KEPT, UNUSED_AFTER
from linekey.domain.kinds import PPPOE_ACCESS, SIP_LINE
from linekey.usecases.keep_health import AT_ONCE
from linekey.worker.schedule import FAILURES_KEPT, LOOK_EVERY
from tests.docs.pages import rows, text_of

PAGE = "docs/reference/health.md"


def test_every_kind_stands_there_with_its_words_the_worst_first() -> None:
    told = [row for row in rows(text_of(PAGE)) if len(row) == 5]
    known = [
        [f"`{what}`", meaning.title, meaning.tone, meaning.about.value, meaning.meaning]
        for what, meaning in TABLE.items()
    ]
    assert told == known


def test_every_threshold_stands_there() -> None:
    told = {row[0]: row[1] for row in rows(text_of(PAGE)) if len(row) == 2}
    line, access = BURSTS[SIP_LINE], BURSTS[PPPOE_ACCESS]
    expected = {
        "Refused logins from one source within an hour, for a line": f"{line.of_one}",
        f"Refused logins from {line.sources} sources or more within an hour, for a line": f"{line.spread}",
        "Refused logins from one source within an hour, for an access": "never by itself",
        f"Refused logins from {access.sources} sources or more within an hour, for an access": (
            f"{access.spread}"
        ),
        "An attack is told after its last burst for": f"{BURST_LASTS.days * 24} hours",
        "A site is away, behind or silent for": f"{TOLERATED.seconds} seconds",
        "Nobody used a new password for": f"{UNUSED_AFTER.days} days",
        "A line is to be renewed after": f"{SIP_LINE.renew_after_days} days",
        "An access is to be renewed after": f"{PPPOE_ACCESS.renew_after_days} days",
        "Refused logins are kept for": f"{REFUSALS_KEPT.days} days",
    }
    assert access.of_one is None and FAILURES_KEPT == REFUSALS_KEPT
    assert {name: told.get(name) for name in expected} == expected
    assert told["An unused grace is told before its end for"].startswith(f"{GRACE_NEAR.days * 24} hours")


def test_the_pace_of_the_round_stands_there() -> None:
    assert f"{AT_ONCE:,} every five seconds" in text_of(PAGE) and LOOK_EVERY.total_seconds() == 5
