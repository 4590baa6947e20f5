"""The laboratory: real network elements, and real clients of them, for every test."""
