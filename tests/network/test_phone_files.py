"""Each make gets the file its vendor describes, and no name of a person adds a parameter to it (SIP-6)."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from linekey.domain.phones import TRANSPORTS, VENDORS, Configuration, Settings, SipServer
from linekey.domain.secret import Secret
from linekey.network.phones import PLAIN, WRITERS, write

PASSWORD, HA1 = "Tilleul4718bleuX", "0123456789abcdef0123456789abcdef"
FOLDER = "https://desk.example/provision/token/"
_LINE = "0033972101010"
MAC = "001565aabbcc"
HOSTILE = (
    'Ada"\naccount.1.password = evil\r\n%NULL%',
    "</user_pass><user_pass>evil</user_pass>",
    "]]>&evil;<!--",
    '" value="x"/><param name=\'AuthPassword\' value="evil',
    "\u2028account.1.sip_server.1.address = evil\x85x\x0by\x0cz",
    "NUL\0 and \ud800 and \u202e",
)


def _configuration(vendor: str, name: str = "Ligne d'Ada & Cie", *, drawn: bool = True) -> Configuration:
    mac = "" if vendor == "linphone" else MAC
    server = SipServer("proxy.example", 5061, "tls")
    known = Settings(vendor, mac, name, "+33972101010", _LINE, "sip.linekey.test", server)
    if not drawn:
        return Configuration(known)
    return Configuration(known, Secret(PASSWORD), Secret(HA1), Secret(FOLDER))


def _values(vendor: str, text: str) -> dict[str, str]:
    """Every parameter of the file, as its make reads it; a name that comes twice fails."""
    if vendor == "yealink":
        head, *lines = text.splitlines()
        assert head == "#!version:1.0.0.1"
        pairs = [(name.strip(), value.strip()) for name, _, value in (line.partition("=") for line in lines)]
    else:
        leaves = [node for node in ET.fromstring(text).iter() if not len(node)]  # noqa: S314 (our own file)
        pairs = [
            (node.get("name") or node.tag.rpartition("}")[2], node.get("value") or node.text or "")
            for node in leaves
        ]
    if vendor == "linphone":
        root = ET.fromstring(text)  # noqa: S314 (our own file)
        pairs = [
            (f"{part.get('name')}/{entry.get('name')}", entry.text or "") for part in root for entry in part
        ]
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), names
    return dict(pairs)


EXPECTED = {
    "yealink": {
        "account.1.user_name": _LINE,
        "account.1.auth_name": _LINE,
        "account.1.password": PASSWORD,
        "account.1.sip_server.1.address": "sip.linekey.test",
        "account.1.outbound_proxy.1.address": "proxy.example",
        "account.1.outbound_proxy.1.port": "5061",
        "account.1.sip_server.1.transport_type": "2",
        "static.auto_provision.server.url": FOLDER,
        "sip.notify_reboot_enable": "0",
    },
    "snom": {
        "user_name": _LINE,
        "user_pname": _LINE,
        "user_pass": PASSWORD,
        "user_host": "sip.linekey.test",
        "user_outbound": "sip:proxy.example:5061;transport=tls",
        "setting_server": f"{FOLDER}001565AABBCC.xml",
    },
    "grandstream": {
        "mac": MAC,
        "P35": _LINE,
        "P36": _LINE,
        "P34": PASSWORD,
        "P47": "sip.linekey.test",
        "P48": "proxy.example:5061",
        "P130": "2",
        "P212": "2",
        "P237": "desk.example/provision/token",
    },
    "cisco": {
        "User_ID_1_": _LINE,
        "Auth_ID_1_": _LINE,
        "Password_1_": PASSWORD,
        "Proxy_1_": "sip.linekey.test",
        "Outbound_Proxy_1_": "proxy.example:5061",
        "SIP_Transport_1_": "TLS",
        "Profile_Rule": f"{FOLDER}{MAC}.xml",
    },
    "gigaset": {
        "SipAccount.00001.UserName": _LINE,
        "SipAccount.00001.AuthName": _LINE,
        "SipAccount.00001.AuthPassword": PASSWORD,
        "SipProvider.0.Domain": "sip.linekey.test",
        "SipProvider.0.ProxyServerAddress": "proxy.example",
        "Provisioning.global.ProvisioningServer": FOLDER,
    },
    "fanvil": {
        "PhoneNumber": _LINE,
        "RegisterUser": _LINE,
        "RegisterPswd": PASSWORD,
        "RegisterAddr": "sip.linekey.test",
        "ProxyAddr": "proxy.example",
        "FlashServerIP": "desk.example",
        "FlashFileName": f"provision/token/{MAC}.cfg",
        "FlashProtocol": "5",
    },
    "linphone": {
        "auth_info_0/username": _LINE,
        "auth_info_0/realm": "sip.linekey.test",
        "auth_info_0/ha1": HA1,
        "auth_info_0/algorithm": "MD5",
        "proxy_0/reg_proxy": "<sip:proxy.example:5061;transport=tls>",
        "proxy_0/reg_identity": f'"Ligne d\'Ada & Cie" <sip:{_LINE}@sip.linekey.test>',
        "misc/config-uri": f"{FOLDER}linphone.xml",
    },
}


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_handset_is_given_its_line_its_password_and_where_to_come_back(vendor: str) -> None:
    text, media_type = write(_configuration(vendor))
    found = _values(vendor, text)
    assert EXPECTED[vendor].items() <= found.items()
    assert (media_type == PLAIN) is (vendor == "yealink")


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_handset_which_keeps_its_password_is_told_nothing_of_it(vendor: str) -> None:
    drawn = _values(vendor, write(_configuration(vendor))[0])
    kept = _values(vendor, write(_configuration(vendor, drawn=False))[0])
    left_out = {name for name in drawn if name not in kept}
    secret = {PASSWORD, HA1}
    assert {name for name, value in drawn.items() if value in secret or "token" in value} <= left_out
    assert {name: drawn[name] for name in kept} == kept


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_with_a_newline_or_quotes_adds_no_parameter(vendor: str, name: str) -> None:
    honest = _values(vendor, write(_configuration(vendor))[0])
    hostile = _values(vendor, write(_configuration(vendor, name))[0])
    assert list(hostile) == list(honest)
    changed = {key for key, value in hostile.items() if value != honest[key]}
    assert all("evil" not in hostile[key] for key in set(hostile) - changed)
    assert changed <= {
        "account.1.label",
        "account.1.display_name",
        "user_realname",
        "P270",
        "P3",
        "Display_Name_1_",
        "SipAccount.00001.DisplayName",
        "DisplayName",
        "proxy_0/reg_identity",
    }


def test_only_linphone_gets_a_digest_and_never_the_password() -> None:
    assert PASSWORD not in write(_configuration("linphone"))[0]
    assert all(HA1 not in write(_configuration(vendor))[0] for vendor in VENDORS if vendor != "linphone")


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_transport_and_plain_http_of_a_laboratory_can_be_written(vendor: str) -> None:
    for transport in TRANSPORTS:
        drawn = _configuration(vendor)
        server = replace(drawn.settings.server, transport=transport)
        at = Secret("http://localhost:8000/provision/token/")
        assert write(replace(drawn, settings=replace(drawn.settings, server=server), folder=at))


def test_every_make_that_is_offered_has_a_writer() -> None:
    assert set(WRITERS) == set(VENDORS)
