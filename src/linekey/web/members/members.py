"""`/membres`: the people one looks after, narrowed by what their accounts need (TEAM-4).

Every filter stands in the address, so that a list can be sent to a colleague, who sees what is theirs to see.
"""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linekey.domain.access import MAY, Action, Role
from linekey.domain.members import PROVIDERS
from linekey.records import pages
from linekey.records.pages import MemberRow, MemberSearch
from linekey.web import asked
from linekey.web.members import words
from linekey.web.members.words import Badge
from linekey.web.session import SignedInRequest
from linekey.web.staff.doors import desk_only


@dataclass(frozen=True)
class Asked:
    """What the address says, made harmless: a standing or a role that does not exist narrows nothing."""

    standing: str
    role: str
    text: str
    organisation: int | None
    after: str = ""

    @property
    def address(self) -> str:
        wanted = {
            "etat": self.standing,
            "role": self.role,
            "texte": self.text,
            "organisation": self.organisation,
            "apres": self.after,
        }
        return "?" + urlencode({name: value for name, value in wanted.items() if value})

    @property
    def narrowed(self) -> bool:
        return bool(self.standing or self.role or self.text or self.organisation)

    @property
    def search(self) -> MemberSearch:
        return MemberSearch(
            standing=words.STANDINGS[self.standing][0] if self.standing else None,
            role=Role(self.role) if self.role else None,
            text=self.text,
            organisation=self.organisation,
        )


@dataclass(frozen=True)
class Filter:
    label: str
    address: str
    current: bool


@dataclass(frozen=True)
class Line:
    """One row of the table, in words."""

    row: MemberRow
    badges: list[Badge]


def asked_of(request: HttpRequest) -> Asked:
    """Raises Malformed."""
    standing, role = asked.text(request, "etat"), asked.text(request, "role")
    return Asked(
        standing=standing if standing in words.STANDINGS else "",
        role=role if role in set(Role) else "",
        text=asked.text(request, "texte"),
        organisation=asked.whole(request, "organisation"),
        after=asked.text(request, "apres"),
    )


@require_safe
@desk_only
def page(request: SignedInRequest) -> HttpResponseBase:
    wanted, actor = asked_of(request), request.actor
    found = pages.members(actor, wanted.search, now=timezone.now(), after=wanted.after)
    start = replace(wanted, after="")
    shown = {
        "wanted": wanted,
        "filters": _filters(start),
        "roles": [(role.value, role, role.value == wanted.role) for role in Role],
        "lines": [Line(row, words.badges(row)) for row in found.rows],
        "organisation": found.organisation,
        "everywhere": replace(start, organisation=None).address,
        "several": actor.role in PROVIDERS,
        "first": start.address if wanted.after else "",
        "next": replace(wanted, after=found.next).address if found.next else "",
        "longest": asked.LONGEST,
        "may_invite": actor.role in MAY[Action.INVITE],
    }
    return render(request, "linekey/members/members.html", shown)


def _filters(start: Asked) -> list[Filter]:
    everybody = Filter(_("Everybody"), replace(start, standing="").address, not start.standing)
    narrower = [
        Filter(_(label), replace(start, standing=code).address, code == start.standing)
        for code, (_standing, label) in words.STANDINGS.items()
    ]
    return [everybody, *narrower]
