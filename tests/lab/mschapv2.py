"""The client's side of MS-CHAPv2 (RFC 2759), for tests only: no Debian program plays it over plain RADIUS."""

import hashlib
import struct

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes


def response(login: str, password: str, server_challenge: bytes, our_challenge: bytes) -> bytes:
    """NT-Response, 24 bytes (RFC 2759 section 8.1)."""
    challenge = _challenge_hash(login, server_challenge, our_challenge)
    hashed = _nt_hash(password) + bytes(5)
    return b"".join(_des(hashed[start : start + 7], challenge) for start in (0, 7, 14))


def server_proof(login: str, password: str, server_challenge: bytes, ours: bytes, answered: bytes) -> bytes:
    """What only a server knowing the password can say: `S=` and 40 hex digits (RFC 2759 section 8.7)."""
    twice = _md4(_nt_hash(password))
    first = hashlib.sha1(twice + answered + b"Magic server to client signing constant").digest()  # noqa: S324
    challenge = _challenge_hash(login, server_challenge, ours)
    pad = b"Pad to make it do more than one iteration"
    return b"S=" + hashlib.sha1(first + challenge + pad).hexdigest().upper().encode()  # noqa: S324


def _challenge_hash(login: str, server_challenge: bytes, our_challenge: bytes) -> bytes:
    return hashlib.sha1(our_challenge + server_challenge + login.encode()).digest()[:8]  # noqa: S324


def _nt_hash(password: str) -> bytes:
    return _md4(password.encode("utf-16-le"))


def _des(seven: bytes, block: bytes) -> bytes:
    """DES with a key of 56 bits, which Triple DES with three equal keys is."""
    bits = int.from_bytes(seven, "big")
    # The lowest bit of every key byte is parity, which DES ignores.
    key = bytes((bits >> (49 - 7 * place) & 0x7F) << 1 for place in range(8))
    encryptor = Cipher(TripleDES(key * 3), modes.ECB()).encryptor()  # noqa: S305
    return encryptor.update(block) + encryptor.finalize()


def _md4(message: bytes) -> bytes:
    """RFC 1320: OpenSSL 3 hides MD4 behind its legacy provider, which a laptop may not have."""
    padded = message + b"\x80" + bytes((55 - len(message)) % 64) + struct.pack("<Q", 8 * len(message))
    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    for start in range(0, len(padded), 64):
        words = struct.unpack("<16I", padded[start : start + 64])
        a, b, c, d = state
        for step in range(48):
            turn, place = divmod(step, 16)
            if turn == 0:
                mixed, constant, shifts, word = b & c | ~b & d, 0, (3, 7, 11, 19), place
            elif turn == 1:
                mixed, constant, shifts = b & c | b & d | c & d, 0x5A827999, (3, 5, 9, 13)
                word = place % 4 * 4 + place // 4
            else:
                mixed, constant, shifts = b ^ c ^ d, 0x6ED9EBA1, (3, 9, 11, 15)
                word = int(f"{place:04b}"[::-1], 2)
            total = (a + (mixed & 0xFFFFFFFF) + words[word] + constant) & 0xFFFFFFFF
            shift = shifts[step % 4]
            a, b, c, d = d, (total << shift | total >> (32 - shift)) & 0xFFFFFFFF, b, c
        state = [(old + new) & 0xFFFFFFFF for old, new in zip(state, (a, b, c, d), strict=True)]
    return struct.pack("<4I", *state)
