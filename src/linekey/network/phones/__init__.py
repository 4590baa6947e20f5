"""Configurations as each make of handset reads them: pure functions, one file per make.

Values come from people and are written so that none can add a parameter of its own. Without a password
nothing is said of it, nor of the address to fetch from: every make here keeps what a file leaves out.
"""

from collections.abc import Callable

from linekey.domain.phones import Configuration
from linekey.network.phones import cisco, fanvil, gigaset, grandstream, linphone, snom, yealink

XML = "application/xml; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"

WRITERS: dict[str, tuple[Callable[[Configuration], str], str]] = {
    "yealink": (yealink.write, PLAIN),
    "snom": (snom.write, XML),
    "grandstream": (grandstream.write, XML),
    "cisco": (cisco.write, XML),
    "gigaset": (gigaset.write, XML),
    "fanvil": (fanvil.write, XML),
    "linphone": (linphone.write, XML),
}


def write(configuration: Configuration) -> tuple[str, str]:
    """The file, and its media type. It holds a password in clear: it goes into the answer, nowhere else."""
    text, media_type = WRITERS[configuration.settings.vendor]
    return text(configuration), media_type
