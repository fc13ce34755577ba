"""The bytes of event files, against published vectors and by hand."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from graph_engine.training.tensorboard import EventFile, scalars
from graph_engine.training.tensorboard.records import crc32c, masked, record
from graph_engine.training.tensorboard.summaries import BUCKETS, buckets
from graph_engine.training.tensorboard.wire import block, double, integer


@pytest.mark.parametrize(
    ("data", "expected"),
    [  # RFC 3720, appendix B.4, and the check value of the CRC catalogue
        (b"", 0x00000000),
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (bytes(reversed(range(32))), 0x113FDB5C),
        (b"123456789", 0xE3069283),
    ],
)
def test_crc32c_gives_the_published_values(data: bytes, expected: int) -> None:
    assert crc32c(data) == expected


def test_a_mask_can_be_taken_off_again() -> None:
    for crc in (0, 1, 0x80000000, 0xE3069283, 0xFFFFFFFF):
        rotated = (masked(crc) - 0xA282EAD8) & 0xFFFFFFFF
        assert (rotated >> 17 | rotated << 15) & 0xFFFFFFFF == crc


def test_a_record_frames_its_data() -> None:
    framed = record(b"abc")
    assert framed[:8] == struct.pack("<Q", 3)
    assert framed[8:12] == struct.pack("<I", masked(crc32c(framed[:8])))
    assert framed[12:15] == b"abc"
    assert framed[15:] == struct.pack("<I", masked(crc32c(b"abc")))


def test_fields_are_encoded_as_the_protocol_buffers_manual_shows() -> None:
    assert integer(1, 150) == b"\x08\x96\x01"
    assert integer(1, -2) == b"\x08\xfe" + b"\xff" * 8 + b"\x01"
    assert block(2, "testing") == b"\x12\x07testing"
    assert block(3, integer(1, 150)) == b"\x1a\x03\x08\x96\x01"
    assert double(1, 1.0) == b"\x09" + bytes(6) + b"\xf0\x3f"


def test_values_that_are_not_finite_are_in_no_bucket() -> None:
    found = buckets(np.array([0.0, np.nan, 1.0, np.inf, 3.0], np.float32))
    assert found[:, 2].sum() == 3
    assert (found[0, 0], found[-1, 1]) == (0.0, 3.0)
    assert not buckets(np.full(4, np.nan)).any()


def test_a_number_too_large_for_a_dashboard_is_infinite_there() -> None:
    assert struct.pack("<f", np.inf) in scalars({"loss": 1e300})


def test_equal_values_are_all_in_the_last_bucket() -> None:
    found = buckets(np.full((2, 3), 7.0))
    assert found[:, :2].tolist() == [[7.0, 7.0]] * BUCKETS
    assert found[:, 2].tolist() == [0] * (BUCKETS - 1) + [6]


def test_every_file_is_new_and_sorts_behind_earlier_ones(tmp_path: Path) -> None:
    paths = [EventFile(tmp_path / "logs" / "train").path for _ in range(3)]
    assert sorted(paths) == paths
    assert len(set(paths)) == 3
