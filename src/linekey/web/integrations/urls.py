"""Addresses about programs. `/auth/`, `/createApp/` and `/createToken/` are those of the OVH API's guides."""

from django.urls import path

from linekey.web.integrations import applications, first_key, grant
from linekey.web.integrations.console import console

urlpatterns = [
    path("auth/", grant.grant, name="grant"),
    path("createApp/", applications.create, name="create-application"),
    path("createToken/", first_key.create, name="create-key"),
    path("applications", applications.mine, name="applications"),
    path("applications/<int:application_id>/remove", applications.remove, name="remove-application"),
    path("applications/keys/<int:credential_id>/revoke", applications.revoke, name="revoke-key"),
    path("console", console, name="console"),
]
