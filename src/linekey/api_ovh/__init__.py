"""The OVH dialect: their signature, paths and bodies in front of our desk. A dialect is a translation.

Here a signed call (or the console of somebody signed in) becomes an actor, a body becomes plain values, and
a refusal becomes the object their clients expect. Nothing is decided here, and no secret is kept.
Source: OVH API v1 as its official clients speak it (python-ovh, go-ovh, node-ovh, php-ovh).
"""
