"""Addresses of the audit trail."""

from django.urls import path

from linekey.web.audit import export, journal, verify

urlpatterns = [
    path("journal", journal.page, name="journal"),
    path("journal/export", export.download, name="journal-export"),
    path("journal/verification", verify.go_on, name="journal-verify"),
    path("revendeur/services/<str:reference>/journal", journal.of_service, name="service-journal"),
    path("membres/<str:customer_id>/journal", journal.of_person, name="person-journal"),
]
