import pytest
from django.utils import timezone

from linekey.usecases import authorise_application, create_application
from linekey.usecases.create_application import NewApplication
from tests.build import Cast, actor

REDIRECTION = "https://facturation.example/retour?a=1"


@pytest.fixture
def application(cast: Cast) -> NewApplication:
    """Chen's program, which asks other people for keys."""
    now = timezone.now()
    return create_application.create_application(
        actor=actor(cast.chen, now), name="Facturation", description="Factures du mois", now=now
    )


@pytest.fixture
def page(application: NewApplication) -> str:
    """The validation page of a key which asks to read the account and to act on accesses."""
    new = authorise_application.ask_credential(
        application_key=application.key,
        rules=[("GET", "/me"), ("POST", "/xdsl/*")],
        redirection=REDIRECTION,
        allowed_ips=["192.0.2.0/24"],
        now=timezone.now(),
    )
    return f"/auth/?credentialToken={new.validation_token.reveal()}"
