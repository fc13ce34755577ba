"""By whom a job is done: all threads, or one alone where the others keep it waiting."""

from __future__ import annotations

import numpy as np
import pytest

from graph_engine.runtime.native import NativeExecutor
from graph_engine.runtime.pool import EVERY, FIRST, TRIES, Job, Pool
from tests.engine.compiler.test_passes import feeds, parameters, plan_of


class Machine(Pool):
    """Two threads, of which the second may have to wait for its core; time is what the test says."""

    def __init__(self) -> None:
        self.count, self.now, self.shared, self.alone = 2, 0.0, 1.0, 1.8

    def run(self, rows: int, count: int, *, alone: bool = False) -> None:
        self.now += self.alone if alone else self.shared


def share_alone(job: Job, machine: Machine, runs: int) -> float:
    begin = machine.now
    for _ in range(runs):
        job.run()
    return (machine.now - begin) / runs


def test_on_a_quiet_machine_threads_share_and_trying_costs_little() -> None:
    machine = Machine()
    job = Job(machine, 0, 1, lambda: machine.now)
    assert share_alone(job, machine, 10 * EVERY) < 1.01
    assert not job.alone


def test_where_threads_keep_each_other_waiting_one_works_alone_until_they_do_no_longer() -> None:
    machine = Machine()
    job = Job(machine, 0, 1, lambda: machine.now)
    machine.shared = 50.0
    share_alone(job, machine, FIRST)
    assert job.alone
    assert share_alone(job, machine, 3 * EVERY) < 1.8 + 50.0 * 2 * TRIES / EVERY
    machine.shared = 1.0
    share_alone(job, machine, EVERY)
    assert not job.alone


@pytest.mark.parametrize("threads", [2, 3])
def test_who_does_a_piece_changes_no_result(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    executor = NativeExecutor(plan_of("float32"), parameters("float32"), threads)
    executor.run(feeds())
    first = executor.gradients.copy()
    run = Pool.run
    monkeypatch.setattr(
        Pool, "run", lambda pool, rows, count, alone=False: run(pool, rows, count, alone=True)
    )
    executor.run(feeds())
    np.testing.assert_array_equal(executor.gradients, first)
