"""Wires to people: a message goes out, `Unreachable` or `Rejected` comes back. Never imports tables or the safe."""
