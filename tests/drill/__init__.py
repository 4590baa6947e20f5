"""The drill's own proofs: they are worth something only where they fail."""
