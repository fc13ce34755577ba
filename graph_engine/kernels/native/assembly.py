"""What kernels written as LLVM assembly have in common: a function of int64, and vectors of floats by address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from llvmlite import ir

I1: Final = ir.IntType(1)
I32: Final = ir.IntType(32)
I64: Final = ir.IntType(64)
F32: Final = ir.FloatType()


class Assembly:
    """One function being written. ``parameters`` are int64: addresses, byte strides and counts."""

    def __init__(self, symbol: str, parameters: Sequence[str], lanes: int) -> None:
        self.module = ir.Module(symbol)
        self.lanes = lanes
        self.vector = ir.VectorType(F32, lanes)
        self.zero = ir.Constant(self.vector, [0.0] * lanes)
        kind = ir.FunctionType(ir.VoidType(), [I64] * len(parameters))
        function = ir.Function(self.module, kind, symbol)
        self.given: dict[str, Any] = dict(zip(parameters, function.args, strict=True))
        self.builder = ir.IRBuilder(function.append_basic_block("entry"))

    def over_channels(self, body: Callable[[Any, Any], None]) -> None:
        """Once for every vector of ``channels``: ``body(offset in bytes, mask)``, which has a mask for the last few."""
        builder, step = self.builder, I64(self.lanes)
        before, head = builder.block, builder.append_basic_block("channels")
        whole, part = builder.append_basic_block("whole"), builder.append_basic_block("part")
        builder.branch(head)
        builder.position_at_end(head)
        done = builder.phi(I64)
        done.add_incoming(I64(0), before)
        left, offset = builder.sub(self.given["channels"], done), builder.mul(done, I64(4))
        builder.cbranch(builder.icmp_signed(">=", left, step), whole, part)
        builder.position_at_end(whole)
        body(offset, None)
        done.add_incoming(builder.add(done, step), builder.block)
        builder.branch(head)
        builder.position_at_end(part)
        with builder.if_then(builder.icmp_signed(">", left, I64(0))):
            body(offset, self.first_lanes(left))

    def load(self, address: Any, mask: Any = None) -> Any:
        """A vector; zeros where the mask is not set."""
        pointer = self.pointer(address, self.vector)
        if mask is not None:
            return self.call("llvm.masked.load", pointer, I32(4), mask, self.zero)
        return self.builder.load(pointer, align=4)

    def put(self, value: Any, address: Any, mask: Any = None) -> None:
        """A vector into memory, where the mask is set."""
        pointer = self.pointer(address, self.vector)
        if mask is not None:
            self.call("llvm.masked.store", value, pointer, I32(4), mask)
        else:
            self.builder.store(value, pointer, align=4)

    def first_lanes(self, count: Any) -> Any:
        """The mask that is set for so many."""
        wide = ir.VectorType(I64, self.lanes)
        numbers = ir.Constant(wide, list(range(self.lanes)))
        return self.builder.icmp_signed("<", numbers, self.splat(count, wide))

    def splat(self, scalar: Any, kind: Any = None) -> Any:
        """A number in all lanes."""
        kind = kind or self.vector
        nothing = ir.Constant(kind, ir.Undefined)
        first = self.builder.insert_element(nothing, scalar, I32(0))
        everywhere = ir.Constant(ir.VectorType(I32, self.lanes), [0] * self.lanes)
        return self.builder.shuffle_vector(first, nothing, everywhere)

    def call(self, name: str, *values: Any) -> Any:
        """An intrinsic of LLVM for vectors."""
        returns = ir.VoidType() if name.endswith("store") else self.vector
        memory = ".p0" if "masked" in name else ""
        full = f"{name}.v{self.lanes}f32{memory}"
        found = self.module.globals.get(full)
        if found is None:
            found = ir.Function(self.module, ir.FunctionType(returns, [value.type for value in values]), full)
        return self.builder.call(found, values)

    def fused(self, factor: Any, other: Any, added: Any) -> Any:
        """``factor * other + added``."""
        return self.call("llvm.fmuladd", factor, other, added)

    def place(self, base: Any, stride: Any, number: int) -> Any:
        """The address ``number`` strides from ``base``."""
        return self.builder.add(base, self.builder.mul(I64(number), stride))

    def word(self, base: str, number: Any) -> Any:
        """An int64 of the table at a parameter."""
        address = self.builder.add(self.given[base], self.builder.mul(number, I64(8)))
        return self.builder.load(self.pointer(address, I64))

    def pointer(self, address: Any, kind: Any) -> Any:
        return self.builder.inttoptr(address, ir.PointerType(kind))

    def is_given(self, name: str) -> Any:
        """Whether an address is not 0."""
        return self.builder.icmp_signed("!=", self.given[name], I64(0))

    def floor(self, relu: str) -> Any:
        """What results are at least: 0 where relu is asked for, else minus infinity."""
        wanted = self.is_given(relu)
        return self.splat(self.builder.select(wanted, F32(0.0), F32(float("-inf"))))

    def above(self, value: Any, floor: Any) -> Any:
        """The floor in place of what is below it: NaN stays NaN."""
        return self.builder.select(self.builder.fcmp_ordered("<", value, floor), floor, value)

    def gated(self, value: Any, gate: Any) -> Any:
        """Zero where the gate is not positive."""
        return self.builder.select(self.builder.fcmp_ordered(">", gate, self.zero), value, self.zero)

    def either(self, one: Any, one_block: Any, other: Any, other_block: Any) -> Any:
        """What comes from the block that was run."""
        merged = self.builder.phi(one.type)
        merged.add_incoming(one, one_block)
        merged.add_incoming(other, other_block)
        return merged


FINISH: Final = ("bias", "start", "gate", "relu")
"""Parameters of what results may begin and end with (see ``products.Finish``)."""


class Finishing:
    """What is done with results of a vector of channels before they are stored at ``z``, where they are wanted.

    ``start`` and ``gate`` are laid out as ``z``.
    """

    def __init__(self, writer: Assembly, offset: Any, mask: Any) -> None:
        self._writer, self._offset, self._mask = writer, offset, mask
        self._floor = writer.floor("relu")
        self._bias = self._given("bias", I64(0))

    def store(self, value: Any, place: Any) -> None:
        """``place``: bytes from ``z``."""
        value = self._writer.builder.fadd(value, self._given("start", place))
        gate = self._given("gate", place, 1.0)
        self._put(self._writer.gated(self._finished(value), gate), place)

    def store_all(self, results: Sequence[tuple[Any, Any]]) -> None:
        """(value, place) each; whether there is a start or a gate is asked once."""
        builder, given = self._writer.builder, self._writer.given
        has_more = builder.icmp_signed("!=", builder.or_(given["start"], given["gate"]), I64(0))
        with builder.if_else(has_more) as (more, plain):
            with more:
                for value, place in results:
                    self.store(value, place)
            with plain:
                for value, place in results:
                    self._put(self._finished(value), place)

    def _finished(self, value: Any) -> Any:
        return self._writer.above(self._writer.builder.fadd(value, self._bias), self._floor)

    def _put(self, value: Any, place: Any) -> None:
        builder = self._writer.builder
        target = builder.add(builder.add(self._writer.given["z"], place), self._offset)
        self._writer.put(value, target, self._mask)

    def _given(self, name: str, place: Any, otherwise: float = 0.0) -> Any:
        """What is at a place of a parameter, if that is given."""
        writer, builder = self._writer, self._writer.builder
        before = builder.block
        with builder.if_then(writer.is_given(name)):
            address = builder.add(builder.add(writer.given[name], place), self._offset)
            loaded = writer.load(address, self._mask)
            inside = builder.block
        nothing = ir.Constant(writer.vector, [otherwise] * writer.lanes)
        return writer.either(loaded, inside, nothing, before)
