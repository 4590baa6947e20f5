"""Linekey at size, on loopback, loses its parts while people change passwords: `make drill`."""
