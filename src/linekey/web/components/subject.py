"""How a service is called when something is about to happen to it: its number or login, then its name."""

from linekey.records.pages import ServicePage
from linekey.web.templatetags.desk import number


def subject_of(page: ServicePage) -> str:
    known = number(page.row.number) if page.row.number else page.username or page.row.reference
    return f"{known} – {page.row.name}" if page.row.name else known
