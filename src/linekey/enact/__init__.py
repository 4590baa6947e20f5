"""The hands: make one effect true.

Safe to repeat, and idle when the version is no longer the newest (law 3).
"""
