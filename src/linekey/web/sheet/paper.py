"""HTML to PDF, by WeasyPrint: tagged (PDF/UA-1), from what it is handed alone. It fetches nothing."""

from collections.abc import Callable
from importlib import import_module
from threading import Lock
from types import ModuleType

from django.contrib.staticfiles import finders

from linekey.domain.errors import NoPdf

STYLE = "linekey/service-sheet.css"
_one_at_a_time = Lock()
"""A sheet takes a moment and some memory; many at once shall not take all of it."""


def _engine() -> ModuleType:
    """Imported late: it loads Pango, which takes half a second and may not be on this machine."""
    return import_module("weasyprint")


def drawn(html: str, engine: Callable[[], ModuleType] = _engine) -> bytes:
    """The document. Raises NoPdf where Pango is missing."""
    try:
        weasyprint = engine()
    except OSError:
        raise NoPdf() from None
    with _one_at_a_time:
        # A sheet names nothing to fetch, and nothing that a name brings along is fetched.
        document = weasyprint.HTML(string=html, url_fetcher=weasyprint.urls.URLFetcher(allowed_protocols=()))
        pdf: bytes = document.write_pdf(
            stylesheets=[weasyprint.CSS(filename=str(finders.find(STYLE)))], pdf_variant="pdf/ua-1"
        )
        return pdf
