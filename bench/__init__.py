"""Measurements beside a baseline: `make bench`. Never tests: figures move from machine to machine."""
