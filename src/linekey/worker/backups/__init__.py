"""What a backup is: rows as lines, in one locked file; and how they come back.

The commands `linekey backup` and `linekey restore` stand beside this folder.
"""
