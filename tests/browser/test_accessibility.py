"""Every page, wide and on a phone, light and dark, French and English: axe is silent, nothing overflows."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.conftest import sign_in
from tests.lab.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.real]

STRANGER = (
    "/connexion",
    "/mot-de-passe-perdu",
    "/mot-de-passe-perdu/unknown",
    "/creer-un-compte",
    "/activation/unknown",
    "/aide-connexion",
    "/aide-connexion/dossier",
    "/aide-connexion/dossier/boite-perdue",
    "/dossier/unknown",
    "/lien/unknown",
    "/nowhere",
)
LEAK = "nom=Leak&mode=grace&remise=file&cadence=50&vague=0&pause=0&seuil=5&echecs=0"
"""What a campaign of all services is asked for."""
PAGES = {
    "subscriber": (
        "/",
        "/telephonie",
        "/telephonie/0033972101010",
        "/telephonie/0033972101010/gestion",
        "/telephonie/0033972101011/gestion",
        "/telephonie/0033972101010/gestion/mot-de-passe",
        "/telephonie/0033972101010/gestion/reinitialiser",
        "/internet",
        "/internet/xdsl-ab12345-1",
        "/internet/xdsl-ab12345-1/identifiants",
        "/fiche/xdsl-ab12345-1",
        "/emails",
        "/console",
        "/applications",
        "/createApp/",
        "/confirmer",
        "/compte",
        "/compte/mot-de-passe",
        "/compte/pin",
        "/compte/double-authentification",
        "/compte/double-authentification/application",
        "/compte/double-authentification/cle",
        "/compte/sessions",
        "/compte/coordonnees",
        "/compte/coordonnees/email",
        "/compte/coordonnees/secours",
        "/compte/coordonnees/telephone",
        "/compte/cles-d-acces",
        "/compte/cles-d-acces/nouvelle",
        "/compte/activite",
        "/sante",
        "/sante/anciens",
        "/sante/couper/0033972101010",
    ),
    "primary_admin": (
        "/",
        "/revendeur/services/CTX-00217/utilisateurs",
        "/membres",
        "/membres/ab12345-lk",
        "/membres/ab12345-lk/deverrouiller",
        "/membres/ab12345-lk/lien",
        "/membres/ab12345-lk/role",
        "/membres/ab12345-lk/double-authentification",
        "/membres/ab12345-lk/desactiver",
        "/membres/ab12345-lk/journal",
        "/membres/inviter",
        "/journal",
        "/droits",
        "/webhooks",
        "/webhooks/nouveau",
    ),
    "reseller": (
        "/",
        "/revendeur/services",
        "/revendeur/services?client=lumen&type=user_licence&etat=active",
        "/revendeur/services?reference=nothing",
        "/revendeur/services/CTX-00217",
        "/revendeur/services/CTX-00217/utilisateurs",
        "/revendeur/services/FPC172947",
        "/revendeur/services/FPC172947/reinitialiser",
        "/revendeur/services/FPC172947/journal",
        "/fiche/FPC172947",
        "/revendeur/organisations",
        "/membres",
        "/journal",
        "/exploitation/livraison",
        "/sante",
        "/sante/attaques",
        "/sante/comptes",
        "/sante/couper/FPC172947",
        "/revendeur/campagnes",
        "/revendeur/campagnes/nouvelle",
        f"/revendeur/campagnes/nouvelle?{LEAK}",
        f"/revendeur/campagnes/nouvelle/confirmer?{LEAK}",
        "/revendeur/organisations/3/importer",
        "/revendeur/services/FPC172947/poste/donner",
        "/webhooks/nouveau",
    ),
    "support_agent": ("/dossiers", "/membres?etat=verrouille"),
    "operator_admin": ("/", "/exploitation", "/revendeur/organisations", "/journal"),
}
VIEWS = {
    "wide-light-french": (1280, "light", "fr-FR", "fr"),
    "phone-dark-english": (360, "dark", "en-GB", "en"),
}


@pytest.mark.parametrize("product", ["sqlite"], indirect=True)
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("role", ["stranger", *PAGES])
def test_every_page_is_accessible_and_fits(chromium: Browser, product: Product, role: str, view: str) -> None:
    width, scheme, locale, language = VIEWS[view]
    context = chromium.new_context(
        locale=locale,
        base_url=product.url,
        viewport={"width": width, "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    try:
        if role != "stranger":
            sign_in(page, product, role)
            if language == "en":
                page.get_by_role("button", name="English").last.click()
        for address in PAGES.get(role, STRANGER):
            page.goto(address)
            found = Axe().run(page).response["violations"]
            assert not found, f"{address}: {[(item['id'], item['nodes'][0]['html']) for item in found]}"
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
    finally:
        context.close()
