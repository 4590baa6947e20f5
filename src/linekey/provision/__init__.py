"""The door for handsets: they fetch their configuration here, by a token in the path, and nothing else."""
