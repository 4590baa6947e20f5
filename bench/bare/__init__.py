"""What Django alone would do: one view per question, nothing around it. The other side of the scales.

Same server, same processes, same engine of database; no sessions, no rights, no trail.
"""
