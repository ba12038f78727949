"""Which cluster it is: the digest of its CA's public key tells a restored clone from the one it was cloned from."""

import base64
import hashlib
import re
from pathlib import Path

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----")
_VERSION_TAG = 0xA0
_BEFORE_KEY = 5
"""Fields of a certificate before its key: serial number, algorithm, issuer, validity, subject (RFC 5280)."""


def ca_digest(ca_file: str | None) -> str:
    """SHA-256 over the public key of the first CA certificate; empty where no CA file is used or it is none."""
    if ca_file is None:
        return ""
    match = _PEM.search(Path(ca_file).read_bytes())
    if match is None:
        return ""
    try:
        return hashlib.sha256(_public_key(base64.b64decode(match[1]))).hexdigest()
    except (ValueError, IndexError):
        return ""


def _public_key(certificate: bytes) -> bytes:
    """The SubjectPublicKeyInfo of a DER certificate."""
    at, _ = _inside(certificate, 0)
    at, _ = _inside(certificate, at)
    if certificate[at] == _VERSION_TAG:
        at = _after(certificate, at)
    for _ in range(_BEFORE_KEY):
        at = _after(certificate, at)
    return certificate[at : _after(certificate, at)]


def _inside(der: bytes, at: int) -> tuple[int, int]:
    """Where the content of the element at ``at`` begins, and its length."""
    length = der[at + 1]
    if length < 0x80:
        return at + 2, length
    count = length & 0x7F
    if count > 4:
        raise ValueError("an element too long to be a certificate's")
    return at + 2 + count, int.from_bytes(der[at + 2 : at + 2 + count], "big")


def _after(der: bytes, at: int) -> int:
    start, length = _inside(der, at)
    return start + length
