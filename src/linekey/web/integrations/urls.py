"""Addresses about programs. `/auth/`, `/createApp/` and `/createToken/` are those of the OVH API's guides."""

from django.urls import path

from linekey.web.integrations import applications, first_key, grant, webhooks, webhooks_change
from linekey.web.integrations.console import console

urlpatterns = [
    path("auth/", grant.grant, name="grant"),
    path("createApp/", applications.create, name="create-application"),
    path("createToken/", first_key.create, name="create-key"),
    path("applications", applications.mine, name="applications"),
    path("applications/<int:application_id>/remove", applications.remove, name="remove-application"),
    path("applications/keys/<int:credential_id>/revoke", applications.revoke, name="revoke-key"),
    path("console", console, name="console"),
    path("webhooks", webhooks.page, name="webhooks"),
    path("webhooks/nouveau", webhooks.create, name="webhook-new"),
    path("webhooks/<str:reference>", webhooks.one, name="webhook"),
    path("webhooks/<str:reference>/essai", webhooks_change.test, name="webhook-test"),
    path("webhooks/<str:reference>/secret", webhooks_change.renew, name="webhook-renew"),
    path("webhooks/<str:reference>/desactiver", webhooks_change.disable, name="webhook-disable"),
    path("webhooks/<str:reference>/activer", webhooks_change.enable, name="webhook-enable"),
    path("webhooks/<str:reference>/retirer", webhooks_change.remove, name="webhook-remove"),
    path("webhooks/<str:reference>/<str:delivery>", webhooks.sent, name="webhook-delivery"),
    path("webhooks/<str:reference>/<str:delivery>/renvoi", webhooks_change.replay, name="webhook-replay"),
]
