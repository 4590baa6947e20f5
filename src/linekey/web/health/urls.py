"""Addresses of this side of the desk."""

from django.urls import path

from linekey.web.health import attention, cut

urlpatterns = [
    path("sante", attention.page, name="health"),
    path("sante/couper/<str:reference>", cut.page, name="health-cut"),
    path("sante/<slug:kind>", attention.kind_page, name="health-kind"),
]
