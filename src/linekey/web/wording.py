"""The domain's sentences in the person's language: refusals, password conditions and advice.

Their places (`%(name)s`) are filled after translation; values that are sentences are translated too, and
moments are told in the operator's time zone.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from linekey.domain.errors import N_ as N_
from linekey.domain.errors import Refusal
from linekey.domain.password_rules import Rule

_ALMOST_A_MINUTE = timedelta(minutes=1, microseconds=-1)


def filled(sentence: str, values: Mapping[str, object]) -> str:
    if not values:
        return gettext(sentence)
    return gettext(sentence) % {name: _told(value) for name, value in values.items()}


def _told(value: object) -> object:
    if isinstance(value, datetime):
        return until(value)
    return gettext(value) if isinstance(value, str) and value else value


def until(value: datetime) -> str:
    """« 14:04 » of today, « 3 mars 2026 à 00:04 » of another day; a begun minute counts as a whole one."""
    there = timezone.localtime(value + _ALMOST_A_MINUTE)
    clock = date_format(there, "H:i")  # In English too: « a.m. » would end every sentence twice.
    if there.date() == timezone.localtime().date():
        return clock
    return _day_and(clock, there)


def deadline(value: datetime) -> str:
    """« 3 mars 2026 à 00:04 », of today too: it stands in a sentence which wants a date."""
    there = timezone.localtime(value)
    return _day_and(date_format(there, "H:i"), there)


def _day_and(clock: str, there: datetime) -> str:
    return gettext("%(day)s at %(clock)s") % {"day": date_format(there, "DATE_FORMAT"), "clock": clock}


def sentence_of(refusal: Refusal) -> str:
    return filled(refusal.sentence, refusal.values)


def next_step_of(refusal: Refusal) -> str:
    return filled(refusal.next_step, refusal.values)


def condition_of(rule: Rule) -> str:
    return filled(rule.condition, dict(rule.values))


def advice_of(rule: Rule) -> str:
    return filled(rule.advice, dict(rule.values))
