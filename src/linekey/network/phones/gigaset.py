"""Gigaset N670, N870 IP PRO (DECT base): `<mac>.xml`, parameters with a name and a value.

From Gigaset's « Provisioning and parameter list » of these bases: `SipProvider.n.*` for the platform,
`SipAccount.n.*` for the line of handset n, `Provisioning.global.ProvisioningServer` for the folder it fetches
from. A parameter which the file leaves out keeps its value.
"""

from linekey.domain.phones import Configuration
from linekey.network.phones.writing import HEAD, attribute

TRANSPORTS = {"udp": "1", "tcp": "2", "tls": "3"}
HANDSET = "00001"
"""The first handset of the base, which has the line."""


def write(configuration: Configuration) -> str:
    known, server = configuration.settings, configuration.settings.server
    values = {
        "SipProvider.0.Name": known.realm,
        "SipProvider.0.Domain": known.realm,
        "SipProvider.0.ProxyServerAddress": server.host,
        "SipProvider.0.ProxyServerPort": str(server.port),
        "SipProvider.0.RegServerAddress": server.host,
        "SipProvider.0.RegServerPort": str(server.port),
        "SipProvider.0.TransportProtocol": TRANSPORTS[server.transport],
        f"SipAccount.{HANDSET}.ProviderId": "0",
        f"SipAccount.{HANDSET}.DisplayName": known.display_name,
        f"SipAccount.{HANDSET}.UserName": known.username,
        f"SipAccount.{HANDSET}.AuthName": known.username,
    }
    if configuration.password and configuration.folder:
        values[f"SipAccount.{HANDSET}.AuthPassword"] = configuration.password.reveal()
        values["Provisioning.global.ProvisioningServer"] = configuration.folder.reveal()
    written = (
        f"    <param name={attribute(name)} value={attribute(value)}/>\n" for name, value in values.items()
    )
    return (
        f'{HEAD}\n<provisioning version="1.1" productID="e2">\n  <nvm>\n{"".join(written)}  </nvm>\n'
        "</provisioning>\n"
    )
