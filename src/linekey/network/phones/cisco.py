"""Cisco IP Phone 6800, 7800, 8800 with Multiplatform Firmware (MPP): `<mac>.xml`, a flat profile.

Parameters from Cisco's « Multiplatform Phones Provisioning Guide », open format (`flat-profile`):
`User_ID_n_`, `Auth_ID_n_`, `Password_n_`, `Proxy_n_`, `Outbound_Proxy_n_`, `SIP_Transport_n_`,
`Profile_Rule`, `Resync_Periodic` (seconds), `Auth_Resync-Reboot_n_` (No: a NOTIFY from the proxy needs no
password). An element which the file leaves out keeps its value.
"""

from linekey.domain.phones import Configuration
from linekey.network.phones.writing import HEAD, POLL_HOURS, elements

UA = ' ua="na"'
"""Nobody changes it on the telephone itself."""


def write(configuration: Configuration) -> str:
    known, server = configuration.settings, configuration.settings.server
    values = {
        "Line_Enable_1_": "Yes",
        "Display_Name_1_": known.display_name,
        "User_ID_1_": known.username,
        "Use_Auth_ID_1_": "Yes",
        "Auth_ID_1_": known.username,
        "Proxy_1_": known.realm,
        "Use_Outbound_Proxy_1_": "Yes",
        "Outbound_Proxy_1_": f"{server.host}:{server.port}",
        "SIP_Transport_1_": server.transport.upper(),
        "Auth_Resync-Reboot_1_": "No",
        "Resync_On_Reset": "Yes",
        "Resync_Periodic": str(POLL_HOURS * 3600),
    }
    if configuration.password and configuration.address:
        values["Password_1_"] = configuration.password.reveal()
        values["Profile_Rule"] = configuration.address.reveal()
    return f"{HEAD}\n<flat-profile>\n{elements(values, '  ', UA)}</flat-profile>\n"
