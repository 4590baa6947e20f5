"""Which adapter answers each port, from settings. Used by the worker and the server's commands only."""

from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from linekey.delivery.letters import OperatorVoice
from linekey.delivery.mail import Mailer
from linekey.delivery.sms import Kannel
from linekey.delivery.webhook import Webhooks
from linekey.domain.secret import Secret
from linekey.enact.outside import Outside
from linekey.network.coa import DisconnectClient, Nas
from linekey.network.fakes import FakeAccessServer, FakeRegistrar
from linekey.network.freeradius import FreeRadius
from linekey.network.kamailio import Kamailio
from linekey.network.ports import AccessServer, Registrar
from linekey.network.radcheck import OUR_SAFE, STOCK_SAFE, StoredAs, cleartext, sealed_by
from linekey.network.radius import status
from linekey.network.store import beside, open_store
from linekey.vault.radius import seal_for_radius, sealing_key

REGISTRAR = "kamailio-1"
ACCESS_SERVER = "freeradius-1"


def wire() -> Outside:
    """Adapters are made once per process; they connect when first asked."""
    real = settings.LINEKEY_ELEMENTS != "memory"
    return Outside(
        registrars={REGISTRAR: _kamailio() if real else FakeRegistrar(REGISTRAR)},
        access_servers={ACCESS_SERVER: _freeradius() if real else FakeAccessServer(ACCESS_SERVER)},
        mail=mailer(),
        sms=sms_gateway(),
        webhooks=Webhooks(opened=settings.LINEKEY_WEBHOOK_NETWORKS),
        voice=voice(),
        mail_host=urlsplit(settings.LINEKEY_PUBLIC_URL).hostname or "localhost",
    )


def voice() -> OperatorVoice:
    return OperatorVoice(
        name=settings.LINEKEY_OPERATOR_NAME,
        support_phone=settings.LINEKEY_SUPPORT_PHONE,
        public_url=settings.LINEKEY_PUBLIC_URL,
    )


def mailer() -> Mailer:
    return Mailer(
        sender=settings.DEFAULT_FROM_EMAIL,
        host=settings.EMAIL_HOST,
        port=settings.EMAIL_PORT,
        user=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
        starttls=settings.EMAIL_USE_TLS,
        timeout=settings.EMAIL_TIMEOUT,
    )


def sms_gateway() -> Kannel | None:
    """None when the operator named none. Raises ValueError for an address or a sender which is none."""
    if not settings.LINEKEY_SMS_URL:
        return None
    return Kannel(
        url=settings.LINEKEY_SMS_URL,
        user=settings.LINEKEY_SMS_USER,
        password=settings.LINEKEY_SMS_PASSWORD,
        sender=settings.LINEKEY_SMS_FROM,
        timeout=settings.LINEKEY_SMS_TIMEOUT,
    )


def _kamailio() -> Registrar:
    store = settings.LINEKEY_REGISTRAR_STORE
    events = settings.LINEKEY_REGISTRAR_EVENTS or beside(store, "events")
    return Kamailio(
        REGISTRAR,
        open_store(store),
        Path(settings.LINEKEY_REGISTRAR_RPC),
        sip=("127.0.0.1", settings.LINEKEY_SIP_PORT),
        events=open_store(events) if events != store else None,
    )


def _sealed() -> StoredAs:
    return sealed_by(partial(seal_for_radius, key=sealing_key(Path(settings.LINEKEY_RADIUS_KEY_FILE))))


def _freeradius() -> AccessServer:
    # One without our module reads clear text alone, and knows the names its own settings let through.
    stock = settings.LINEKEY_RADIUS_PASSWORDS == "cleartext"
    return FreeRadius(
        ACCESS_SERVER,
        open_store(settings.LINEKEY_RADIUS_STORE),
        open_store(settings.LINEKEY_ACCOUNTING_STORE),
        cleartext if stock else _sealed(),
        safe_characters=STOCK_SAFE if stock else OUR_SAFE,
        disconnect=DisconnectClient(
            default=Nas(Secret(settings.LINEKEY_NAS_SECRET), port=settings.LINEKEY_NAS_PORT)
        ),
        status=lambda: status(
            "127.0.0.1", settings.LINEKEY_RADIUS_PORT, Secret(settings.LINEKEY_RADIUS_SECRET), timeout=1.0
        ),
    )
