"""The kernels by name, compiled once per processor and kept on disk as object files.

A file's folder is named after a digest of everything its contents depend on: these sources, the
compiler's version and the processor. Numba's own cache looks at one source file alone, so kernels
built from several would go stale in it.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import inspect
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import llvmlite.binding as llvm

from graph_engine.kernels.native.cpu import processor

FOLDER_VARIABLE: Final = "LAYERLOOM_KERNELS"


@dataclass(frozen=True, eq=False, slots=True)
class Kernel:
    """``emit`` gives LLVM assembly that defines ``symbol``, a function of int64 that returns nothing.

    ``parameters`` are the names of the arguments in the block that a row points to.
    """

    symbol: str
    parameters: tuple[str, ...]
    emit: Callable[[], str]
    is_quick: bool = False
    """Whether compiling takes a moment only."""

    @property
    def address(self) -> int:
        """Where the machine code is; compiled or read from disk when first asked for."""
        return _linked().address(self)

    def compile(self) -> None:
        """Put the machine code on disk."""
        _linked().object(self)

    @property
    def is_ready(self) -> bool:
        """Whether asking for the address takes no long compiling."""
        return self.is_quick or self.symbol in _linked().addresses or path_of(self).exists()


WRITTEN: Final[list[Kernel]] = []
"""Every kernel written in Python whose module has been imported: what takes time to compile."""


def kernel(function: Callable[..., None]) -> Kernel:
    """A kernel written in Python: ``function(thread, threads, *arguments)``, all of them int64.

    One whose third parameter is ``turn`` is told which turn of a loop this is, 0 outside of loops.
    """
    _, _, *parameters = inspect.signature(function).parameters
    counts = parameters[:1] == ["turn"]
    names = tuple(parameters[counts:])
    symbol = f"layerloom_{function.__name__}"
    found = Kernel(symbol, names, lambda: _assembly(symbol, function, len(names), counts))
    WRITTEN.append(found)
    return found


def routine(function: Callable[..., None]) -> Kernel:
    """Compiled code that is called with its arguments themselves, not with a block of them."""
    parameters = tuple(inspect.signature(function).parameters)
    symbol = f"layerloom_{function.__name__}"
    found = Kernel(symbol, parameters, lambda: _plain_assembly(symbol, function, len(parameters)))
    WRITTEN.append(found)
    return found


def path_of(found: Kernel) -> Path:
    return cache_folder() / f"{found.symbol}.o"


@cache
def cache_folder() -> Path:
    """Where this version's kernels for this processor are kept."""
    return _root() / salt()


@cache
def salt() -> str:
    """A digest of all that compiled kernels depend on."""
    digest = hashlib.sha256(processor().code.encode())
    for name in ("numba", "llvmlite"):
        digest.update(importlib.metadata.version(name).encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.name.encode() + source.read_bytes())
    return digest.hexdigest()[:20]


def _root() -> Path:
    if FOLDER_VARIABLE in os.environ:
        return Path(os.environ[FOLDER_VARIABLE])
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home)) / "layerloom" / "kernels"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "layerloom" / "kernels"
    return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "layerloom" / "kernels"


class _Linker:
    """Machine code in this process."""

    def __init__(self) -> None:
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        host = processor()
        self._machine = llvm.Target.from_default_triple().create_target_machine(
            cpu=host.name, features=host.features, opt=3, reloc="default", codemodel="jitdefault", jit=True
        )
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), self._machine)
        self.addresses: dict[str, int] = {}

    def address(self, found: Kernel) -> int:
        if found.symbol not in self.addresses:
            self._engine.add_object_file(llvm.ObjectFileRef.from_data(self.object(found)))
            self._engine.finalize_object()
            self.addresses[found.symbol] = self._engine.get_function_address(found.symbol)
        return self.addresses[found.symbol]

    def object(self, found: Kernel) -> bytes:
        path = path_of(found)
        if path.exists():
            return path.read_bytes()
        module = llvm.parse_assembly(found.emit())
        module.verify()
        code: bytes = self._machine.emit_object(module)
        _keep(path, code)
        return code


@cache
def _linked() -> _Linker:
    return _Linker()


def _keep(path: Path, code: bytes) -> None:
    """Write in one step: another process may be doing the same. A full or read-only disk costs only time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
            file.write(code)
        Path(file.name).replace(path)
    except OSError:
        return


def _assembly(symbol: str, function: Callable[..., None], count: int, counts: bool) -> str:
    """A function of (block, thread, threads, turn) that calls ``function`` with what the block holds."""
    from numba import njit

    from graph_engine.kernels.native.language import FLAGS, unpacker

    body, unpack = njit(**FLAGS)(function), unpacker(count)

    def entry(block: int, thread: int, threads: int, turn: int) -> None:
        body(thread, threads, *unpack(block))

    def counting(block: int, thread: int, threads: int, turn: int) -> None:
        body(thread, threads, turn, *unpack(block))

    return _plain_assembly(symbol, counting if counts else entry, 4)


def _plain_assembly(symbol: str, function: Callable[..., None], count: int) -> str:
    """Numba's code for ``function``, with a door that speaks C: its own functions hand back errors too."""
    from numba import njit, types

    from graph_engine.kernels.native.language import FLAGS

    signature = types.void(*[types.int64] * count)
    compiled: Any = njit(signature, **FLAGS)(function).overloads[signature.args]
    values = ", ".join(f"i64 %v{place}" for place in range(count))
    door = f"""
define void @{symbol}({values}) {{
  %result = alloca ptr
  %error = alloca ptr
  %status = call i32 @{compiled.fndesc.mangled_name}(ptr %result, ptr %error, {values})
  ret void
}}
"""
    return str(compiled.library.get_llvm_str()) + door
