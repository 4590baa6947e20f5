"""Which door answers which address."""

from django.urls import include, path, re_path

urlpatterns = [
    # Whoever wants a page does not look through a hundred calls first.
    re_path(r"^(?=(?:api|authentication)/v1(?:/|$))", include("linekey.api.urls")),
    path("1.0/", include("linekey.api_ovh.urls", namespace="ovh-1.0")),
    path("v1/", include("linekey.api_ovh.urls", namespace="ovh-v1")),
    path("", include("linekey.provision.urls")),
    path("", include("linekey.web.urls")),
]
handler400 = "linekey.web.errors.bad_request"
handler403 = "linekey.web.errors.forbidden"
handler404 = "linekey.web.errors.not_found"
handler500 = "linekey.config.bugs.answer"
