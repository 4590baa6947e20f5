"""The desk: one file per thing a person can do, one transaction each.

Keyword arguments `actor`, plain references and `now` come in; a receipt or a refusal goes out. Never a
request, a setting, a clock or a wire: effects outside are rows of the outbox, made true by the worker.
"""
