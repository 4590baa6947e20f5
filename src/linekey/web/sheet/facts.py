"""What stands on a sheet, as labels and values: the settings of a device, and the way to a new password."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from linekey.domain.kinds import PPPOE_ACCESS, SIP_LINE
from linekey.records.pages import Sheet
from linekey.web.staff.words import TECHNOLOGIES, kind_name
from linekey.web.templatetags.desk import number


@dataclass(frozen=True)
class Fact:
    label: str
    value: str
    typed: bool = False
    """Typed into a device letter by letter, so it is set in letters that cannot be mistaken."""


def title_of(sheet: Sheet) -> str:
    """« Ligne SIP », « Accès internet FTTH »."""
    return f"{kind_name(sheet.kind)} {TECHNOLOGIES.get(sheet.technology, sheet.technology)}".strip()


def settings_of(sheet: Sheet) -> list[Fact]:
    """In the order a device asks for them; none for a hosted PBX, whose licences have sheets of their own."""
    if sheet.kind == SIP_LINE.code:
        return list(_told(_sip(sheet)))
    return list(_told(_pppoe(sheet))) if sheet.kind == PPPOE_ACCESS.code else []


def _sip(sheet: Sheet) -> list[Fact]:
    host, _colon, port = settings.LINEKEY_SIP_SERVER.rpartition(":")
    return [
        Fact(_("Number"), number(sheet.number)),
        Fact(_("Registrar and outbound proxy"), host, typed=True),
        Fact(_("Port"), port, typed=True),
        Fact(_("Transport"), ", ".join(settings.LINEKEY_SIP_TRANSPORTS)),
        Fact(_("Domain"), sheet.realm, typed=True),
        Fact(_("User name"), sheet.username, typed=True),
        Fact(_("Authentication name"), sheet.username, typed=True),
        Fact(_("Realm"), sheet.realm, typed=True),
        Fact(_("Codecs, preferred first"), ", ".join(settings.LINEKEY_SIP_CODECS)),
    ]


def _pppoe(sheet: Sheet) -> list[Fact]:
    return [
        Fact(_("Internal reference (serviceName)"), sheet.reference, typed=True),
        Fact(_("Connection"), "PPPoE"),
        Fact(_("PPPoE login"), sheet.username, typed=True),
        Fact(_("Technology"), TECHNOLOGIES.get(sheet.technology, sheet.technology)),
        Fact("VLAN", settings.LINEKEY_PPPOE_VLANS.get(sheet.technology, ""), typed=True),
    ]


def _told(facts: Iterable[Fact]) -> Iterable[Fact]:
    return (fact for fact in facts if fact.value)


def steps_of(sheet: Sheet) -> list[str]:
    """What to do when the password is lost. Addresses are the configured ones (law 9)."""
    sign_in = _("Sign in at %(address)s with the customer ID or your e-mail address.") % {
        "address": settings.LINEKEY_PUBLIC_URL
    }
    if not sheet.owner:
        ask = _(
            "Ask whoever administers the services of %(organisation)s: they reset it, and you type it in."
        )
        return [ask % {"organisation": sheet.organisation}]
    if sheet.kind == SIP_LINE.code:
        page = _("Open %(address)s and choose a new SIP password, or have one drawn.")
        typed = _("Type it into the phone at once: the old one is refused from then on.")
        return [sign_in, page % {"address": _address("line-manage", sheet)}, typed]
    page = _("Open %(address)s and ask for new PPPoE credentials.")
    typed = _("Type the new password into the box. The login stays the same.")
    return [sign_in, page % {"address": _address("access", sheet)}, typed]


def _address(page: str, sheet: Sheet) -> str:
    return f"{settings.LINEKEY_PUBLIC_URL}{reverse(page, args=[sheet.reference])}"
