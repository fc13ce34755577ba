"""Protocol buffers' wire format, as far as event files need it: fields to bytes, messages to their joined fields."""

from __future__ import annotations

import struct
from typing import Final

_VARINT: Final = 0
_FIXED64: Final = 1
_LENGTH: Final = 2


def integer(field: int, value: int) -> bytes:
    """An ``int32``, ``int64``, ``bool`` or enum; negative numbers take ten bytes, as the format has it."""
    return _varint(field << 3 | _VARINT) + _varint(value & 0xFFFF_FFFF_FFFF_FFFF)


def double(field: int, value: float) -> bytes:
    return _varint(field << 3 | _FIXED64) + struct.pack("<d", value)


def block(field: int, value: bytes | str) -> bytes:
    """A ``string``, ``bytes`` or a message inside a message."""
    data = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | _LENGTH) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
