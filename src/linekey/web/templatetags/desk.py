"""How pages write the desk's values: moments, ages, numbers, rules, and the one place a secret is shown."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from linekey.domain.access import Role
from linekey.domain.password_rules import Rule
from linekey.domain.secret import Secret
from linekey.web import wording

register = template.Library()


@register.simple_tag
def shown_once(secret: Secret) -> str:
    """The only way a secret reaches a page. The page must be the answer to a POST, and `no-store`."""
    return secret.reveal()


@register.filter
def moment(value: datetime | str | None) -> str:
    """« aujourd'hui à 14:03 », « hier à 9:12 », « 3 mars 2026 à 9:12 »; a text is read as ISO 8601."""
    found = read_moment(value)
    if found is None:
        return ""
    there = timezone.localtime(found)
    days = (timezone.localtime().date() - there.date()).days
    clock = date_format(there, "TIME_FORMAT")
    if days == 0:
        return _("today at %(clock)s") % {"clock": clock}
    if days == 1:
        return _("yesterday at %(clock)s") % {"clock": clock}
    return _("%(day)s at %(clock)s") % {"day": date_format(there, "DATE_FORMAT"), "clock": clock}


@register.filter
def clock(value: datetime | str | None) -> str:
    """Hours, minutes, seconds: for what happens while the person looks."""
    found = read_moment(value)
    return date_format(timezone.localtime(found), "H:i:s") if found else ""


@register.filter
def iso(value: datetime | str | None) -> str:
    found = read_moment(value)
    return found.isoformat(timespec="seconds") if found else ""


@register.filter
def age(value: datetime | None) -> str:
    """Whole days, then months: how old a password is."""
    if value is None:
        return ""
    days = (timezone.now() - value) // timedelta(days=1)
    if days < 1:
        return _("less than a day")
    if days < 60:
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    months = days // 30
    return ngettext("%(count)d month", "%(count)d months", months) % {"count": months}


def read_moment(value: Any) -> datetime | None:
    """A moment, or the ISO 8601 text of one; None for anything else."""
    if isinstance(value, datetime):
        return value
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else timezone.make_aware(found)


@register.filter
def number(value: str) -> str:
    """`+33972101010` as « 09 72 10 10 10 » in France, in pairs elsewhere left as it is (ITU-T E.123)."""
    if value.startswith("+33") and len(value) == 12:
        national = "0" + value[3:]
        return "\u00a0".join(national[at : at + 2] for at in range(0, 10, 2))
    return value


@register.filter
def role_name(role: Role) -> str:
    return {
        Role.SUBSCRIBER: _("Subscriber"),
        Role.COMPANY_ADMIN: _("Company administrator"),
        Role.PRIMARY_ADMIN: _("Primary administrator"),
        Role.RESELLER: _("Reseller"),
        Role.SUPPORT_AGENT: _("Support agent"),
        Role.OPERATOR_ADMIN: _("Operator administrator"),
    }[Role(role)]


@register.filter
def initials(name: str) -> str:
    return "".join(word[:1] for word in name.split()[:2]).upper()


@register.filter
def condition(rule: Rule) -> str:
    return wording.condition_of(rule)


@register.filter
def advice(rule: Rule) -> str:
    return wording.advice_of(rule)


@register.filter
def state_label(state: str) -> str:
    """Of a service."""
    return {"active": _("Active"), "suspended": _("Suspended"), "closed": _("Closed")}.get(state, state)


@register.filter
def state_tone(state: str) -> str:
    return {"active": "success", "suspended": "warning"}.get(state, "neutral")


@register.filter
def log_label(state: str) -> str:
    """One line of the access server's log."""
    return {
        "accept": _("Login accepted"),
        "reject": _("Login refused"),
        "start": _("Session opened"),
        "stop": _("Session closed"),
    }.get(state, state)


@register.filter
def log_tone(state: str) -> str:
    return {"accept": "success", "reject": "danger", "start": "info"}.get(state, "neutral")


@register.filter
def technology(code: str) -> str:
    return {"adsl": "ADSL", "vdsl": "VDSL", "sdsl": "SDSL", "ftth": "FTTH", "ftte": "FTTE"}.get(code, code)
