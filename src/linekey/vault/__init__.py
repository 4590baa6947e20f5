"""The safe: the only room that touches keys. Nothing cryptographic is written by hand here.

`seal` puts in, `check` answers yes or no, `unseal` takes out and has one caller outside: `enact`.
"""
