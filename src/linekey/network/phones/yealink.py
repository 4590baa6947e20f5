"""Yealink T, W, CP series, firmware 80 and later: `<mac>.cfg`, lines of `key = value`.

Parameters from Yealink's « Administrator Guide for SIP Phones », V84 and later: `account.X.*`,
`static.auto_provision.*`, `sip.notify_reboot_enable` (0: restarts only when the NOTIFY says reboot=true). A
parameter which the file leaves out keeps its value (chapter « Auto Provisioning », unless a `.boot` file sets
overwrite_mode: we serve none).
"""

from linekey.domain.phones import Configuration
from linekey.network.phones.writing import POLL_HOURS, plain

TRANSPORTS = {"udp": "0", "tcp": "1", "tls": "2"}


def write(configuration: Configuration) -> str:
    known = configuration.settings
    values = {
        "account.1.enable": "1",
        "account.1.label": known.display_name,
        "account.1.display_name": known.display_name,
        "account.1.user_name": known.username,
        "account.1.auth_name": known.username,
        "account.1.sip_server.1.address": known.realm,
        "account.1.sip_server.1.transport_type": TRANSPORTS[known.server.transport],
        "account.1.outbound_proxy_enable": "1",
        "account.1.outbound_proxy.1.address": known.server.host,
        "account.1.outbound_proxy.1.port": str(known.server.port),
        "sip.notify_reboot_enable": "0",
        "static.auto_provision.power_on": "1",
        "static.auto_provision.repeat.enable": "1",
        "static.auto_provision.repeat.minutes": str(POLL_HOURS * 60),
    }
    if configuration.password and configuration.folder:
        values["account.1.password"] = configuration.password.reveal()
        values["static.auto_provision.server.url"] = configuration.folder.reveal()
    lines = (f"{name} = {plain(value)}\n" for name, value in values.items())
    return "#!version:1.0.0.1\n" + "".join(lines)
