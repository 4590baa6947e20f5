"""Grandstream GXP, GRP, HT: `cfg<mac>.xml`, P-values.

From Grandstream's « SIP Device Provisioning Guide » and configuration templates: P271 account active, P47
SIP server, P48 outbound proxy, P35 user ID, P36 authenticate ID, P34 password, P3 name, P270 account name,
P130 SIP transport, P212 configuration by (1 HTTP, 2 HTTPS), P237 configuration server path (without
scheme), P193 minutes and P194 = 1 to look for a new configuration. A P-value which the file leaves out
keeps its value.
"""

from linekey.domain.phones import Configuration
from linekey.network.phones.writing import HEAD, POLL_HOURS, element, elements

TRANSPORTS = {"udp": "0", "tcp": "1", "tls": "2"}
SCHEMES = {"http": "1", "https": "2"}


def write(configuration: Configuration) -> str:
    known, server = configuration.settings, configuration.settings.server
    values = {
        "P271": "1",
        "P270": known.display_name,
        "P3": known.display_name,
        "P35": known.username,
        "P36": known.username,
        "P47": known.realm,
        "P48": f"{server.host}:{server.port}",
        "P130": TRANSPORTS[server.transport],
        "P194": "1",
        "P193": str(POLL_HOURS * 60),
    }
    if configuration.password and configuration.folder:
        scheme, _, path = configuration.folder.reveal().partition("://")
        values |= {
            "P34": configuration.password.reveal(),
            "P212": SCHEMES[scheme],
            "P237": path.rstrip("/"),
        }
    return (
        f'{HEAD}\n<gs_provision version="1">\n  {element("mac", known.mac)}\n  <config version="1">\n'
        f"{elements(values, '    ')}  </config>\n</gs_provision>\n"
    )
