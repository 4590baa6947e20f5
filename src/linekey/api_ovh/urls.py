"""Every address of the dialect, out of one registry. Mounted twice: /1.0 and /v1 are the same API."""

from collections.abc import Iterable

from django.urls import URLPattern, path, re_path

from linekey.api_ovh import auth, me, telephony, xdsl
from linekey.api_ovh.calls import Call
from linekey.api_ovh.dispatch import door, unknown
from linekey.api_ovh.schemas import schema_call

SECTIONS: dict[str, tuple[Call, ...]] = {
    "auth": auth.CALLS,
    "me": me.CALLS,
    "telephony": telephony.CALLS,
    "xdsl": xdsl.CALLS,
}
CALLS: tuple[Call, ...] = (
    *(schema_call(section, calls) for section, calls in SECTIONS.items()),
    *(call for calls in SECTIONS.values() for call in calls),
)


def _patterns(calls: Iterable[Call]) -> Iterable[URLPattern]:
    by_path: dict[str, dict[str, Call]] = {}
    for call in calls:
        by_path.setdefault(call.path, {})[call.method] = call
    for template, methods in by_path.items():
        yield path(template.lstrip("/").replace("{", "<").replace("}", ">"), door(template, methods))


app_name = "api_ovh"
urlpatterns = [*_patterns(CALLS), re_path("", unknown)]
