"""What an operation is: named operands, each a wire or a constant, and what it computes from them.

Its specs are not stated a second time: ``infer`` computes on a program that nobody runs and looks at what comes
out. Open sizes are tried with different sizes; what then differs is open in the result as well.
"""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Final, cast

from graph_engine.kernels.program import Program, Value
from graph_engine.layers.base import Call, Example, Keras, Layer, Ports, summary_line
from graph_engine.layers.requirements import FLOATS, title
from graph_engine.params import constant
from graph_engine.values import DType, LayerloomError, ShapeError, TensorSpec

_PROBES: Final = (5040, 7560)  # of many divisors, so that what reshapes a real size reshapes them
_SUFFIX: Final = "Op"


class Operation(Layer):
    """Base of all operations. Unlike other layers they may work on every axis, the batch axis included.

    ``operands`` are the arguments of Keras' function that may be tensors. One that is a parameter as well is a
    port while the parameter has no value; one in ``spare`` may be left out altogether. ``module`` is Keras';
    ``ignored`` are arguments that change no number here. ``called``: the arguments of its call, where they are not
    simply the operands; ``written``: those of its function, where their order is another.
    """

    family = "core"
    in_library = False
    in_search = True
    operands: ClassVar[tuple[str, ...]] = ("x",)
    spare: ClassVar[tuple[str, ...]] = ()
    module: ClassVar[str] = "numpy"
    ignored: ClassVar[tuple[str, ...]] = ()
    called: ClassVar[tuple[str, ...]] = ()
    written: ClassVar[tuple[str, ...]] = ()
    examples: ClassVar[tuple[Example, ...]] = (Example(inputs=((2, 3),)),)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__name__.endswith(_SUFFIX):
            cls.title = cls.__name__
            cls.keras = Keras(
                name=cls.__name__.removesuffix(_SUFFIX), module=f"ops.{cls.module}", ignored=cls.ignored
            )

    @classmethod
    def bind(
        cls, given: Sequence[Any], named: Mapping[str, Any], is_wire: Callable[[Any], bool]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """A call of Keras' function as parameters, and what enters at each port (a list's ports are numbered)."""
        names = cls.function_arguments()
        if cls.ports.is_list and "operands" in names:  # `einsum(subscripts, *operands)`
            given = (*given[:1], list(given[1:]))
        if len(given) > len(names):
            raise ShapeError(f"{cls.__name__} takes {', '.join(names)}; got {len(given)} arguments")
        arguments = dict(zip(names, given, strict=False)) | dict(named)
        unknown = [name for name in arguments if name not in names]
        if unknown:
            raise ShapeError(f"{cls.__name__} takes {', '.join(names)}; got {unknown[0]}")
        if cls.ports.is_list:
            listed = arguments.pop(cls.operands[0])
            return arguments, {str(index): wire for index, wire in enumerate(listed)}
        wires = {name: value for name, value in arguments.items() if is_wire(value)}
        return {name: value for name, value in arguments.items() if name not in wires}, wires

    @classmethod
    def completed(cls, params: dict[str, Any], wires: Mapping[str, TensorSpec]) -> dict[str, Any]:
        """``params`` with what Keras would read off the inputs; overridden where there is such a thing."""
        return params

    @classmethod
    def with_outputs(cls, config: Mapping[str, Any], count: int) -> Mapping[str, Any]:
        """Keras' configuration where ``count`` outputs are used; overridden where Keras counts them later."""
        return config

    @classmethod
    def called_with(cls) -> tuple[str, ...]:
        """What Keras' operation takes at its call, in order; the rest is its configuration."""
        return cls.called or cls.operands

    @classmethod
    def signature(cls) -> tuple[str, ...]:
        """Every argument: those of the call, then those of the configuration."""
        return (*cls.called_with(), *(name for name in cls.params() if name not in cls.called_with()))

    @classmethod
    def function_arguments(cls) -> tuple[str, ...]:
        """The arguments of Keras' function, in its order."""
        return cls.written or cls.signature()

    def input_ports(self) -> Ports:
        if self.ports.is_list:
            return self.ports
        constants = [name for name in self.params() if getattr(self, name) is not None]
        wired = [name for name in self.operands if name not in constants]
        return Ports(
            tuple(name for name in wired if name not in self.spare),
            optional=tuple(name for name in wired if name in self.spare),
        )

    def line(self) -> str:
        plain = type(self)().config()
        said = [
            f"{name.removeprefix('x') or name} {_short(value)}"
            for name, value in self.config().items()
            if value != plain[name]
        ]
        text = summary_line(*said)
        return text if len(text) <= 40 else text[:39] + "\u2026"

    def infer(self, *inputs: TensorSpec) -> TensorSpec | tuple[TensorSpec, ...]:
        specs = _traced(self, inputs)
        return specs[0] if len(specs) == 1 else specs

    def lower(self, call: Call, *inputs: Value) -> Value | tuple[Value, ...]:
        if self.ports.is_list:
            return cast("Value", self.compute(*inputs))
        wired = dict(zip(self.input_ports().all, inputs, strict=True))
        given = (
            wired[name] if name in wired else value_of(call.program, getattr(self, name))
            for name in self.operands
        )
        return cast("Value", self.compute(*given))

    @abstractmethod
    def compute(self, *operands: Any, **named: Any) -> Any:
        """The outputs from the operands, in their order; None for spare ones that are left out."""


def operand(default: Any = None) -> Any:
    """An operand that may be a constant."""
    return constant(default, optional=True, help="A constant in place of the wire.")


def value_of(program: Program, content: Any) -> Value:
    """A checked constant as a value. Floats get the program's floating dtype."""
    if not isinstance(content, dict):
        dtype = "bool" if isinstance(content, bool) else "int32" if isinstance(content, int) else "float32"
        content = {"value": content, "dtype": dtype}
    dtype = program.floats if content["dtype"] in FLOATS else content["dtype"]
    return program.constant(content["value"], cast("DType", dtype))


class _Trace:
    """A call that nobody runs."""

    training, trainable, masks = False, True, ()

    def __init__(self, program: Program) -> None:
        self.program = program


def _traced(layer: Operation, inputs: Sequence[TensorSpec | None]) -> tuple[TensorSpec, ...]:
    if not any(spec and None in spec.shape for spec in inputs):
        return _run(layer, inputs)
    try:
        runs = [_run(layer, [_filled(spec, size) for spec in inputs]) for size in _PROBES]
    except ShapeError:
        known = _completed(inputs)
        if known == list(inputs):
            raise
        return _traced(layer, known)
    with contextlib.suppress(ShapeError):  # an axis may be too short for what is asked of it
        runs.append(_run(layer, [_filled(spec, 1) for spec in inputs]))
    return tuple(
        each[0].with_shape(
            tuple(_agreed(sizes) for sizes in zip(*(spec.shape for spec in each), strict=True))
        )
        for each in zip(*runs, strict=True)
    )


def _agreed(sizes: Sequence[int | None]) -> int | None:
    return sizes[0] if len(set(sizes)) == 1 else None


def _run(layer: Operation, inputs: Sequence[TensorSpec | None]) -> tuple[TensorSpec, ...]:
    floats: DType = next((spec.dtype for spec in inputs if spec and spec.dtype in FLOATS), "float32")
    program = Program(floats=floats)
    values = [spec and program.feed(str(index), spec) for index, spec in enumerate(inputs)]
    try:
        result = layer.lower(cast("Call", _Trace(program)), *cast("list[Value]", values))
    except ShapeError as error:
        raise _said(layer, error, error.hint) from None
    except LayerloomError as error:
        raise _said(layer, error) from None
    return tuple(value.spec for value in (result if isinstance(result, tuple) else (result,)))


def _said(layer: Operation, error: LayerloomError, hint: str = "") -> ShapeError:
    message = str(error)
    for size in _PROBES:
        message = message.replace(str(size), "?")
    return ShapeError(f"{title(layer)}: {message}", hint)


def _filled(spec: TensorSpec | None, size: int) -> TensorSpec | None:
    return spec and spec.with_shape(tuple(size if each is None else each for each in spec.shape))


def _completed(inputs: Sequence[TensorSpec | None]) -> list[TensorSpec | None]:
    """An open size next to a known one of another input of that rank is taken to be that size."""
    return [
        spec
        and spec.with_shape(
            tuple(_beside(inputs, spec.rank, axis, each) for axis, each in enumerate(spec.shape))
        )
        for spec in inputs
    ]


def _beside(inputs: Sequence[TensorSpec | None], rank: int, axis: int, size: int | None) -> int | None:
    known = (spec.shape[axis] for spec in inputs if spec and spec.rank == rank)
    return size if size is not None else next((each for each in known if each not in (None, 1)), None)


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return "array"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
