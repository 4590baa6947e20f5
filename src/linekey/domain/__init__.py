"""Rules: plain Python. This room decides; it never imports a framework, does I/O or reads a clock."""
