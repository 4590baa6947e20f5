"""Wires to people: a message goes out, or `Unreachable` or `Rejected` comes back.

Never imports tables, settings or the safe: what it writes and where it sends are handed in.
"""
