"""Every address of the API, and the one OpenAPI document which describes them."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.http import require_GET
from ninja import NinjaAPI
from ninja.openapi.schema import REF_TEMPLATE
from ninja.operation import Operation

from linekey.api import (
    audit,
    campaigns,
    cases,
    health,
    licences,
    members,
    modem,
    organisations,
    phones,
    services,
    tokens,
    verbs,
    webhooks,
)
from linekey.api.door import answer_problems, guarded, unknown
from linekey.api.shapes import Problem


class Api(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        """What generated clients name a call by."""
        return str(operation.view_func.__name__)


api = Api(
    title="Linekey",
    version="1",
    description="Services and their credentials. Errors are RFC 9457 problems with a stable `code`.",
    openapi_url=None,
    docs_url=None,
)
api.add_router("authentication/v1", tokens.router)
api.add_router("api/v1", services.router)
api.add_router("api/v1", health.router)
api.add_router("api/v1", verbs.router)
api.add_router("api/v1", modem.router)
api.add_router("api/v1", organisations.router)
api.add_router("api/v1", cases.router)
api.add_router("api/v1", campaigns.router)
api.add_router("api/v1", members.router)
api.add_router("api/v1", audit.router)
api.add_router("api/v1", licences.router)
api.add_router("api/v1", phones.router)
api.add_router("api/v1", webhooks.router)
answer_problems(api)


@cache
def document() -> dict[str, Any]:
    described: dict[str, Any] = api.get_openapi_schema(path_prefix="")
    problem = Problem.model_json_schema(ref_template=REF_TEMPLATE)
    described["components"]["schemas"] |= {**problem.pop("$defs"), "Problem": problem}
    return described


@require_GET
def description(request: HttpRequest) -> HttpResponse:
    return JsonResponse(document())


def _calls() -> Iterator[URLPattern]:
    for call in api.urls[0]:
        # Without its root page, and without names: the portal has pages of the same names.
        if isinstance(call, URLPattern) and call.name != "api-root":
            yield path(str(call.pattern), guarded(call.callback))


urlpatterns = [
    path("api/v1/openapi.json", guarded(description)),
    *_calls(),
    re_path(r"^(?:api|authentication)/v1(?:/|$)", guarded(unknown)),
]
