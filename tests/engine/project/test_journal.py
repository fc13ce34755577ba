"""Nothing that was committed is lost: whatever bytes a crash leaves, they hold the last committed state."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st

from graph_engine.document import MAIN, AddNode, Document, Point, Store, encode
from graph_engine.document.patch import applied, changes
from graph_engine.project.errors import ProjectError
from graph_engine.project.journal import Journal, Origin, recover
from graph_engine.project.locks import FileLock
from tests.properties.test_document_machine import DocumentMachine, residual_models

ORIGIN = Origin("digits", Path("/somewhere/digits.loom"))


def session(seed: int, steps: int) -> list[Document]:
    """The states of a random session, by the same moves that the document machine makes."""
    dice = random.Random(seed)
    machine = DocumentMachine()
    machine.start(dice.random() < 0.5)
    states = [machine.document]
    for _ in range(steps):
        dice.choice(MOVES)(
            machine, dice.randrange(1000), dice.randrange(1000), [dice.randrange(1000) for _ in "123"]
        )
        states.append(machine.document)
    return states


Move = Callable[[DocumentMachine, int, int, list[int]], object]
MOVES: tuple[Move, ...] = (
    lambda machine, one, two, some: machine.add(one, ("Dense", "Add")[two % 2], Point(one, two), two),
    lambda machine, one, two, some: machine.add_terminal(one, ("Input", "Output")[two % 2], two),
    lambda machine, one, two, some: machine.connect(one, two, some[0]),
    lambda machine, one, two, some: machine.remove(one, some, bool(two % 2)),
    lambda machine, one, two, some: machine.move(one, some, Point(two, one)),
    lambda machine, one, two, some: machine.remark(one, Point(two, one)),
    lambda machine, one, two, some: machine.configure(one, 1 + two % 3),
    lambda machine, one, two, some: machine.rename(one, "abc"[two % 3]),
    lambda machine, one, two, some: machine.duplicate(one, some, bool(two % 2)),
    lambda machine, one, two, some: machine.group(one, some, True),
    lambda machine, one, two, some: machine.ungroup(one, two),
    lambda machine, one, two, some: machine.aim(one),
    lambda machine, one, two, some: machine.past and machine.undo(),
    lambda machine, one, two, some: machine.future and machine.redo(),
)


@given(st.integers(0, 10_000))
@example(1404)  # the same nodes of a graph in another order, and nothing else of it
@settings(max_examples=60, deadline=None)
def test_a_change_applied_to_the_earlier_document_gives_the_later_one_in_its_order(seed: int) -> None:
    states = session(seed, 12)
    for before, after in ((a, b) for a in states[::3] for b in states[::4]):
        made = applied(before, changes(before, after))
        assert made == after and encode(made) == encode(after)
    assert changes(states[-1], states[-1]) == {}


@given(seed=st.integers(0, 10_000), cuts=st.lists(st.floats(0, 1), min_size=40, max_size=40))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_prefix_of_the_bytes_recovers_exactly_the_last_committed_state(
    tmp_path: Path, seed: int, cuts: list[float]
) -> None:
    """1,000 points of death: 25 sessions, cut anywhere."""
    file = tmp_path / f"{seed}.journal"
    states = session(seed, 25)
    journal = Journal(file, states[0], ORIGIN)
    committed = [(file.stat().st_size, states[0])]
    for state in states[1:]:
        journal.commit(state)
        committed.append((file.stat().st_size, state))
    journal.close(keep=True)
    content, first = file.read_bytes(), committed[0][0]
    for cut in cuts:
        size = round(first + cut * (len(content) - first))
        file.write_bytes(content[:size])
        last = [state for end, state in committed if end <= size][-1]
        found = recover(file)
        assert found.document == last and encode(found.document) == encode(last)
        assert found.origin == ORIGIN


def test_a_damaged_line_ends_what_can_be_recovered(tmp_path: Path) -> None:
    file = tmp_path / "one.journal"
    states = session(3, 20)
    journal = Journal(file, states[0], ORIGIN)
    sizes = [file.stat().st_size]
    for state in states[1:]:
        journal.commit(state)
        sizes.append(file.stat().st_size)
    journal.close(keep=True)
    content = bytearray(file.read_bytes())
    middle = next(place for place in range(8, 20) if sizes[place] > sizes[place - 1])
    content[sizes[middle] - 5] ^= 1
    file.write_bytes(content)
    assert recover(file).document == states[middle - 1]


def test_a_journal_that_has_grown_is_written_anew_and_says_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph_engine.project.journal.ROOM", 0)
    file = tmp_path / "one.journal"
    store = Store(Document())
    journal = Journal(file, store.document, ORIGIN)
    sizes = []
    for place in range(40):
        store.dispatch(AddNode(MAIN, "Dense", {}, Point(place, 0)))
        journal.commit(store.document)
        sizes.append(file.stat().st_size)
        assert recover(file).document == store.document
    assert recover(file).edits == 40
    assert any(after < before for before, after in pairwise(sizes))
    journal.restart(store.document, ORIGIN)
    assert recover(file).edits == 0
    journal.close()
    assert not file.exists()


def test_what_is_no_journal_is_refused_with_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "one.journal"
    for content in (b"", b"nonsense\n", b'00000000 {"format": "layerloom-journal"}\n'):
        file.write_bytes(content)
        with pytest.raises(ProjectError, match="no journal"):
            recover(file)
    with pytest.raises(ProjectError, match="cannot be read"):
        recover(tmp_path / "none.journal")


WRITER = """
import sys
from pathlib import Path
from graph_engine.document import MAIN, AddNode, Document, Point, Store
from graph_engine.project.journal import Journal, Origin
from graph_engine.project.locks import FileLock
folder = Path(sys.argv[1])
lock = FileLock(folder / "one.lock")
assert lock.take()
store = Store(Document())
journal = Journal(folder / "one.journal", store.document, Origin("digits"))
place = 0
while True:
    store.dispatch(AddNode(MAIN, "Dense", {}, Point(place, 0)))
    journal.commit(store.document)
    place += 1
    print(place, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("seed", range(int(os.environ.get("LAYERLOOM_KILLS", "3"))))
def test_kill_9_loses_nothing_that_was_committed(tmp_path: Path, seed: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        assert not FileLock(tmp_path / "one.lock").take()
        time.sleep(random.Random(seed).uniform(0.0, 0.3))
        writer.send_signal(signal.SIGKILL)
        told = [int(line) for line in writer.stdout.read().split("\n")[:-1]]
    found = recover(tmp_path / "one.journal")
    lock = FileLock(tmp_path / "one.lock")
    assert lock.take()  # the system has taken it back
    lock.release()
    # It may have been killed between the commit and the word about it.
    assert found.edits - (told[-1] if told else 1) in (0, 1)
    assert len(found.document.main.nodes) == found.edits


def test_a_document_with_everything_goes_through(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "one.journal", Document(), ORIGIN)
    journal.commit(residual_models())
    journal.trained(tmp_path / "run")
    journal.sync()
    found = recover(tmp_path / "one.journal")
    assert found.document == residual_models() and found.origin.run == tmp_path / "run"
    journal.close()
