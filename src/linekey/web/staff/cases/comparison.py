"""What the applicant claims beside what we know of the account; every difference is said in words."""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from linekey.records.pages import CaseAccount, CasePage


@dataclass(frozen=True)
class Line:
    label: str
    claimed: str
    known: str
    tone: str
    verdict: str
    """Empty where there is nothing to compare."""


def comparison_of(page: CasePage) -> list[Line]:
    account = page.account
    if account is None:
        claims = _claims(page)
        return [Line(label, claimed, "", "neutral", "") for label, claimed in claims]
    return [
        _identifier(page, account),
        _line(_("Name"), page.row.name, account.full_name, _alike(page.row.name, account.full_name)),
        _address(page, account),
        _phone(page, account),
        _extension(page, account),
    ]


def _claims(page: CasePage) -> list[tuple[str, str]]:
    return [
        (_("Account"), page.row.identifier),
        (_("Name"), page.row.name),
        (_("E-mail"), page.contact),
        (_("Phone"), page.phone),
        (_("Extension"), page.extension),
    ]


def _line(label: str, claimed: str, known: str, same: bool | None) -> Line:
    """`same` is None when that cannot be said."""
    if same is None:
        return Line(label, claimed, known, "neutral", "")
    tone, verdict = ("success", _("The same")) if same else ("warning", _("Different"))
    return Line(label, claimed, known, tone, verdict)


def _identifier(page: CasePage, account: CaseAccount) -> Line:
    typed = page.row.identifier.strip().casefold()
    known = {account.customer_id, account.email.casefold()}
    named_by_number = bool(re.fullmatch(r"[+0-9 ().-]+", typed))
    same = True if typed in known else None if named_by_number else False
    return _line(_("Account"), page.row.identifier, account.customer_id, same)


def _address(page: CasePage, account: CaseAccount) -> Line:
    known, given = " · ".join(filter(None, (account.email, account.backup_email))), page.contact.casefold()
    if given == account.email.casefold():
        return Line(_("E-mail"), page.contact, known, "warning", _("The main e-mail of the account"))
    if account.backup_email and given == account.backup_email.casefold():
        word = _("The backup e-mail") if account.backup_verified else _("The backup e-mail, never verified")
        return Line(_("E-mail"), page.contact, known, "success", word)
    return _line(_("E-mail"), page.contact, known, False)


def _phone(page: CasePage, account: CaseAccount) -> Line:
    """Only the end of the number on the account is known here, and it proves nothing."""
    label, digits = _("Phone"), re.sub(r"\D", "", page.phone)
    if not digits or not account.phone:
        return _line(label, page.phone, account.phone, None)
    if digits.endswith(account.phone[-2:]):
        return Line(label, page.phone, account.phone, "neutral", _("Ends alike"))
    return _line(label, page.phone, account.phone, False)


def _extension(page: CasePage, account: CaseAccount) -> Line:
    known = _("There is one: compare it below") if account.has_extension else _("None")
    return _line(_("Extension"), page.extension, known, None)


def _alike(one: str, other: str) -> bool:
    """The same words in any order: accents, capitals and dashes do not matter."""
    return _words(one) == _words(other)


def _words(name: str) -> list[str]:
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return sorted(re.split(r"[^\w]+", plain.casefold().strip()))
