"""The REST API: a program's bearer becomes an actor, JSON becomes plain values, a refusal becomes a problem.

Built on django-ninja, which reads, checks and describes; nothing is decided here, and no secret is kept. A
session of the portal opens nothing: only `Authorization: Bearer`.
"""
