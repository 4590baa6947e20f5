"""The domain's sentences in the person's language: refusals, password conditions and advice.

Their places (`%(name)s`) are filled after translation, and values that are sentences are translated too.
"""

from collections.abc import Mapping

from django.utils.translation import gettext

from linekey.domain.errors import N_ as N_
from linekey.domain.errors import Refusal
from linekey.domain.password_rules import Rule


def filled(sentence: str, values: Mapping[str, object]) -> str:
    if not values:
        return gettext(sentence)
    return gettext(sentence) % {
        name: gettext(value) if isinstance(value, str) and value else value for name, value in values.items()
    }


def sentence_of(refusal: Refusal) -> str:
    return filled(refusal.sentence, refusal.values)


def next_step_of(refusal: Refusal) -> str:
    return filled(refusal.next_step, refusal.values)


def condition_of(rule: Rule) -> str:
    return filled(rule.condition, dict(rule.values))


def advice_of(rule: Rule) -> str:
    return filled(rule.advice, dict(rule.values))
