"""Who trains a run, and how another process steers it."""

from __future__ import annotations

import queue
from pathlib import Path

import pytest

from graph_engine.training.remote import COMMANDS, LOCK, PATIENCE, forget, is_trained, send, steered
from graph_engine.values import LayerloomError


def test_what_is_asked_arrives_in_order_from_when_a_training_is_started_to_its_end(tmp_path: Path) -> None:
    heard: queue.SimpleQueue[str] = queue.SimpleQueue()
    send(tmp_path, command="stop")  # meant for an earlier training
    forget(tmp_path)
    send(tmp_path, command="pause")
    with steered(tmp_path, heard.put):
        send(tmp_path, command="change", what="learning_rate", value=0.5)
        assert heard.get(timeout=PATIENCE) == '{"command": "pause"}\n'
        assert '"learning_rate"' in heard.get(timeout=PATIENCE)
    send(tmp_path, command="stop")
    assert heard.empty()


def test_a_line_is_heard_once_it_is_whole(tmp_path: Path) -> None:
    heard: queue.SimpleQueue[str] = queue.SimpleQueue()
    with steered(tmp_path, heard.put):
        file = tmp_path / COMMANDS
        file.write_bytes(b'{"command": ')
        with pytest.raises(queue.Empty):
            heard.get(timeout=0.2)
        with file.open("ab") as more:
            more.write(b'"stop"}\n')
        assert heard.get(timeout=PATIENCE) == '{"command": "stop"}\n'


def test_a_run_is_trained_by_one_process_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph_engine.training.remote.PATIENCE", 0.1)
    with steered(tmp_path, print):
        assert is_trained(tmp_path)
        with pytest.raises(LayerloomError, match="another process trains the run"), steered(tmp_path, print):
            pass
    assert not is_trained(tmp_path)


def test_the_lock_of_a_process_that_is_gone_counts_for_nothing(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_bytes(b"")
    assert not is_trained(tmp_path)
