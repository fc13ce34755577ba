"""LSTM: each thread takes its samples through all steps, so that threads need not meet in between.

What does not depend on the step before (the input's part of the gates, the weights' gradients) is done as
products over all steps at once.
"""

from __future__ import annotations

from graph_engine.kernels.native.language import ONE, ZERO, bits, caller, floats, helper, longs, share_start
from graph_engine.kernels.native.library import kernel
from graph_engine.kernels.native.mathematics import hyperbolic_tangent, logistic
from graph_engine.kernels.native.microkernel import PARAMETERS
from graph_engine.kernels.native.products import Finish, Matrix, Sizes, multiplying, tiling
from graph_engine.kernels.native.reductions import reduce_middle, summed_rows
from graph_engine.kernels.native.rows import Bound, Row, Rows, Tensor, binds
from graph_engine.kernels.native.transposing import transposed

_call_tile = caller(len(PARAMETERS))
_SHARE_WORDS = 10  # four kernels, blocks, low, extra, columns, width, tail


@helper
def _product(
    share: int,
    zero: int,
    a: int,
    a_row: int,
    b: int,
    b_inner: int,
    inner: int,
    c: int,
    c_row: int,
    accumulate: int,
) -> None:
    """``c (+)= a @ b`` for the rows of one thread."""
    cut = longs(share, 10)
    for column in range(cut[7]):
        masked = 1 if cut[9] and column == cut[7] - 1 else 0
        across = column * cut[8]
        row = 0
        for block in range(cut[4]):
            big = 1 if block < cut[6] else 0
            target = c + row * c_row + across
            _call_tile(
                cut[masked] if big else cut[2 + masked],
                (
                    a + row * a_row, zero, b + across, zero, 1, a_row, 4, b_inner, inner,
                    target, c_row, target if accumulate else 0, c_row, 0, 0, 0, 0, cut[9],
                ),
            )  # fmt: skip
            row += cut[5] + big


@kernel
def lstm_steps(
    thread: int, threads: int, shares: int, zero: int, gates: int, recurrent: int, h: int, c: int, hidden: int,
    cells: int, steps: int, batch: int, units: int,
) -> None:  # fmt: skip
    """``gates`` hold the input's part and the bias, and are replaced by their activations."""
    begin, end = share_start(batch, thread, threads), share_start(batch, thread + 1, threads)
    state, wide = units * 4, units * 16
    if begin == end:
        return
    for step in range(steps):
        before = hidden + (step - 1) * batch * state if step else h
        memory = cells + (step - 1) * batch * state if step else c
        here = gates + (step * batch + begin) * wide
        _product(
            shares + thread * 80, zero, before + begin * state, state, recurrent, wide, units, here, wide, 1
        )
        for r in range(end - begin):
            row = here + r * wide
            both, candidate = floats(row, 2 * units), floats(row + 2 * state, units)
            output = floats(row + 3 * state, units)
            for j in range(2 * units):
                both[j] = logistic(both[j])
            for j in range(units):
                candidate[j] = hyperbolic_tangent(candidate[j])
            for j in range(units):
                output[j] = logistic(output[j])
            at = (step * batch + begin + r) * state
            last, cell = floats(memory + (begin + r) * state, units), floats(cells + at, units)
            out, kept, taken = floats(hidden + at, units), floats(row + state, units), floats(row, units)
            for j in range(units):
                value = kept[j] * last[j] + taken[j] * candidate[j]
                cell[j] = value
                out[j] = output[j] * hyperbolic_tangent(value)


@kernel
def lstm_steps_back(
    thread: int, threads: int, shares: int, zero: int, gates: int, turned: int, c: int, cells: int, dhidden: int,
    dcells: int, dgates: int, dh: int, dc: int, steps: int, batch: int, units: int,
) -> None:  # fmt: skip
    """Gradients of the gates before their activation, and of the first states; ``turned``: recurrent, transposed."""
    begin, end = share_start(batch, thread, threads), share_start(batch, thread + 1, threads)
    state, wide = units * 4, units * 16
    if begin == end:
        return
    clear_h, clear_c = (
        floats(dh + begin * state, (end - begin) * units),
        floats(dc + begin * state, (end - begin) * units),
    )
    for e in range((end - begin) * units):
        clear_h[e] = ZERO
        clear_c[e] = ZERO
    for back in range(steps):
        step = steps - 1 - back
        memory = cells + (step - 1) * batch * state if step else c
        here = (step * batch + begin) * wide
        for r in range(end - begin):
            at, row = (step * batch + begin + r) * state, here + r * wide
            _gate_gradients(
                gates + row, dgates + row, cells + at, memory + (begin + r) * state, dhidden + at, dcells + at,
                dh + (begin + r) * state, dc + (begin + r) * state, units,
            )  # fmt: skip
        _product(
            shares + thread * 80,
            zero,
            dgates + here,
            wide,
            turned,
            state,
            4 * units,
            dh + begin * state,
            state,
            0,
        )


@helper
def _gate_gradients(
    gates: int, dgates: int, cells: int, memory: int, dhidden: int, dcells: int, dh: int, dc: int, units: int
) -> None:
    """One sample of one step. ``dh`` and ``dc`` arrive from the step after; ``dc`` leaves for the one before."""
    state = units * 4
    i, f = floats(gates, units), floats(gates + state, units)
    g, o = floats(gates + 2 * state, units), floats(gates + 3 * state, units)
    di, df = floats(dgates, units), floats(dgates + state, units)
    dg, do = floats(dgates + 2 * state, units), floats(dgates + 3 * state, units)
    cell, last = floats(cells, units), floats(memory, units)
    more_h, more_c = floats(dhidden, units), floats(dcells, units)
    arriving, flowing = floats(dh, units), floats(dc, units)
    for j in range(units):
        squashed = hyperbolic_tangent(cell[j])
        on = arriving[j] + more_h[j]
        flowing[j] += more_c[j] + on * o[j] * (ONE - squashed * squashed)
        do[j] = on * squashed * o[j] * (ONE - o[j])
    for j in range(units):
        through = flowing[j]
        di[j] = through * g[j] * i[j] * (ONE - i[j])
        dg[j] = through * i[j] * (ONE - g[j] * g[j])
    for j in range(units):
        through = flowing[j]
        df[j] = through * last[j] * f[j] * (ONE - f[j])
        flowing[j] = through * f[j]


@binds("lstm")
def bind_lstm(step: Bound) -> Rows:
    (x, kernel, recurrent, bias, h, c), (hidden, cells, gates) = step.inputs, step.outputs
    if not step.is_float or not (x.size and hidden.size):
        return None
    batch, steps, features = x.shape
    units = recurrent.shape[0]
    part = multiplying(
        step, Sizes(batch, features, 4 * units, steps),
        Matrix(x.address, steps * features * 4, 4, features * 4), Matrix(kernel.address, 16 * units),
        Matrix(gates.address, 16 * units, 4, batch * 16 * units), (x, kernel), (gates,), Finish(bias=bias),
    )  # fmt: skip
    work = batch * steps * units * units / 4
    turn = step.row(
        lstm_steps, work=work, pieces=step.workers, reads=(recurrent, h, c), writes=step.outputs,
        shares=_shares(step, batch, 4 * units, work), zero=step.workspace.table([0]), gates=gates.address,
        recurrent=recurrent.address, h=h.address, c=c.address, hidden=hidden.address, cells=cells.address,
        steps=steps, batch=batch, units=units,
    )  # fmt: skip
    return [part, turn]


@binds("lstm_gradient")
def bind_lstm_gradient(step: Bound) -> Rows:
    x, kernel, recurrent, _, h, c, hidden, cells, gates, dhidden, dcells = step.inputs
    dx, dkernel, drecurrent, dbias, dh, dc = step.outputs
    dgates = step.scratch[0]
    if not step.is_float or not (x.size and hidden.size):
        return None
    batch, steps, features = x.shape
    units = recurrent.shape[0]
    wide, work = 16 * units, batch * steps * units * units / 4
    turned, turning = transposed(step, recurrent)
    kernel_turned, kernel_turning = transposed(step, kernel)
    back = step.row(
        lstm_steps_back, work=work, pieces=step.workers, reads=(gates, turned, c, cells, dhidden, dcells),
        writes=(dgates, dh, dc),
        shares=_shares(step, batch, units, work), zero=step.workspace.table([0]), gates=gates.address,
        turned=turned.address, c=c.address, cells=cells.address, dhidden=dhidden.address, dcells=dcells.address,
        dgates=dgates.address, dh=dh.address, dc=dc.address, steps=steps, batch=batch, units=units,
    )  # fmt: skip
    slices = [number * batch * wide for number in range(steps)]
    states = [h.address, *(hidden.address + number * batch * units * 4 for number in range(steps - 1))]
    inputs = multiplying(
        step, Sizes(batch, 4 * units, features, steps), Matrix(dgates.address, wide, 4, batch * wide),
        Matrix(kernel_turned.address, features * 4), Matrix(dx.address, steps * features * 4, 4, features * 4),
        (dgates, kernel_turned), (dx,),
    )  # fmt: skip
    weights = multiplying(
        step, Sizes(features, batch, 4 * units), Matrix(x.address, 4, steps * features * 4),
        Matrix(dgates.address, wide), Matrix(dkernel.address, wide), (x, dgates), (dkernel,),
        a_offsets=[number * features * 4 for number in range(steps)], b_offsets=slices,
    )  # fmt: skip
    recurrence = multiplying(
        step, Sizes(units, batch, 4 * units), Matrix(0, 4, units * 4), Matrix(dgates.address, wide),
        Matrix(drecurrent.address, wide), (h, hidden, dgates), (drecurrent,), a_offsets=states, b_offsets=slices,
    )  # fmt: skip
    return [turning, kernel_turning, back, inputs, weights, recurrence, *_summed(step, dgates, dbias)]


def _summed(step: Bound, dgates: Tensor, dbias: Tensor) -> list[Row]:
    rows = dgates.size // dbias.size
    if not step.is_small(dgates.size / 8):
        return summed_rows(step, dgates.reshaped(rows, dbias.size), dbias, bits(1.0))
    return [
        step.row(
            reduce_middle, work=dgates.size / 8, reads=(dgates,), writes=(dbias,), x=dgates.address, z=dbias.address,
            outer=1, count=rows, inner=dbias.size, piece=256, kind=0, scale=bits(1.0),
        )
    ]  # fmt: skip


def _shares(step: Bound, batch: int, columns: int, work: float) -> int:
    """For each thread how its rows of a product are cut."""
    threads = 1 if step.is_small(work) else step.workers
    words: list[int] = []
    for thread in range(threads):
        rows = batch * (thread + 1) // threads - batch * thread // threads
        cut = tiling(max(rows, 1), columns)
        words += [*cut.addresses(), cut.blocks, cut.low, cut.extra, cut.columns, cut.width, cut.tail]
    return step.workspace.table(words)
