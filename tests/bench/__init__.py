"""Measurements run by hand, never by the tests: figures move from machine to machine."""
