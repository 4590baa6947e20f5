"""The desk's hasher, counted: handed to Django by its settings, so that nothing of ours is patched."""

from linekey.vault.hasher import Argon2id


class CountingHasher(Argon2id):
    calls: list[str] = []

    def encode(self, password: str, salt: str) -> str:
        self.calls.append("encode")
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        self.calls.append("verify")
        return super().verify(password, encoded)
