"""Wires to network elements: plain values in, `Unreachable` or `Rejected` out.

Never imports tables, settings or the safe: what an adapter needs is handed to it by `wiring`.
"""
