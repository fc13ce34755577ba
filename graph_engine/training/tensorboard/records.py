"""TFRecord framing: length, masked CRC of the length, data, masked CRC of the data."""

from __future__ import annotations

import struct
from typing import Final

_POLYNOMIAL: Final = 0x82F63B78  # Castagnoli, bits reversed
_MASK: Final = 0xA282EAD8


def _entry(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (_POLYNOMIAL if byte & 1 else 0)
    return byte


_TABLE: Final = tuple(_entry(byte) for byte in range(256))


def crc32c(data: bytes) -> int:
    """The CRC of iSCSI and TensorFlow (RFC 3720); ``zlib.crc32`` has another polynomial."""
    crc = 0xFFFF_FFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFF_FFFF


def masked(crc: int) -> int:
    """Rotated and shifted, so that the CRC of data that holds CRCs stays a good one."""
    return ((crc >> 15 | crc << 17) + _MASK) & 0xFFFF_FFFF


def record(data: bytes) -> bytes:
    """``data`` as one record of an event file."""
    length = struct.pack("<Q", len(data))
    return length + _checksum(length) + data + _checksum(data)


def _checksum(data: bytes) -> bytes:
    return struct.pack("<I", masked(crc32c(data)))
