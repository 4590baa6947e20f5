"""Fanvil X, V and H series, firmware 2.4 and later: `<mac>.cfg`, as XML (`sysConf`).

From Fanvil's « Auto Provision » notes and the file a telephone exports itself: `sip/line/*` for the line,
`ap/*` for where it looks again (FlashProtocol 4 HTTP, 5 HTTPS; FlashMode 2 at an interval; FlashInterval in
hours). A node which the file leaves out keeps its value.
"""

from linekey.domain.phones import Configuration
from linekey.network.phones.writing import HEAD, POLL_HOURS, elements

TRANSPORTS = {"udp": "0", "tcp": "1", "tls": "3"}
SCHEMES = {"http": "4", "https": "5"}


def write(configuration: Configuration) -> str:
    known, server = configuration.settings, configuration.settings.server
    line = {
        "PhoneNumber": known.username,
        "DisplayName": known.display_name,
        "SipName": known.realm,
        "RegisterAddr": known.realm,
        "RegisterPort": str(server.port),
        "RegisterUser": known.username,
        "ProxyAddr": server.host,
        "ProxyPort": str(server.port),
        "Transport": TRANSPORTS[server.transport],
        "EnableReg": "1",
    }
    again = {"FlashMode": "2", "FlashInterval": str(POLL_HOURS)}
    if configuration.password and configuration.address:
        line["RegisterPswd"] = configuration.password.reveal()
        scheme, _, rest = configuration.address.reveal().partition("://")
        host, _, file = rest.partition("/")
        again |= {"FlashServerIP": host, "FlashFileName": file, "FlashProtocol": SCHEMES[scheme]}
    where, when = elements(line, "      "), elements(again, "    ")
    return (
        f'{HEAD}\n<sysConf>\n  <Version>2.0000000000</Version>\n  <sip>\n    <line index="1">\n'
        f"{where}    </line>\n  </sip>\n  <ap>\n{when}  </ap>\n</sysConf>\n"
    )
