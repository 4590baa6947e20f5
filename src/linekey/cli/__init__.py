"""The command line: a client of the REST API, and nothing else of Linekey. It decides nothing.

Its commands are rows of `cli.table`, each naming the call it makes. Answers go to standard output, talk to
standard error. A secret is never an argument: it would stand in the list of processes.
"""
