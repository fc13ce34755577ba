"""Which part may know which, as sentences. The floors of the engine stand in pyproject.toml."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import grimp
import pytest

DOCKS = ("evaluate", "inspector", "palette", "problems", "training", "data", "runs")
HEAVY = ("numba", "pyqtgraph", "onnx", "onnxruntime", "h5py", "keras", "torch", "tensorboard")
FORMATS = ("h5py", "onnx", "onnxruntime", "keras", "torch", "tensorboard", "tensorboardX")


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    return grimp.build_graph("graph_engine", "app", include_external_packages=True)


def inside(imports: grimp.ImportGraph, package: str) -> set[str]:
    return {name for name in imports.modules if name == package or name.startswith(f"{package}.")}


def test_the_contracts_of_pyproject_hold() -> None:
    command = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_logo=True))"
    found = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_docks_never_import_each_other(imports: grimp.ImportGraph) -> None:
    present = [dock for dock in DOCKS if f"app.{dock}" in imports.modules]
    assert len(present) >= 4
    for dock in present:
        others = set().union(*(inside(imports, f"app.{other}") for other in present if other != dock))
        for module in inside(imports, f"app.{dock}"):
            assert not imports.find_modules_directly_imported_by(module) & others, module


def test_other_programs_formats_are_known_to_interchange_alone(imports: grimp.ImportGraph) -> None:
    for package in FORMATS:
        if package in imports.modules:
            for module in imports.find_modules_that_directly_import(package):
                assert module.startswith("graph_engine.interchange"), f"{module} imports {package}"


def test_only_kernels_may_import_numba(imports: grimp.ImportGraph) -> None:
    if "numba" in imports.modules:
        for module in imports.find_modules_that_directly_import("numba"):
            assert module.startswith("graph_engine.kernels"), module


def test_the_whole_engine_imports_where_qt_is_not_installed() -> None:
    run_python(
        """
        import importlib, pkgutil, sys

        class NoQt:
            def find_spec(self, name, path=None, target=None):
                if name.split(".")[0] in ("PySide6", "shiboken6", "pyqtgraph", "app"):
                    raise ImportError(f"{name} is not installed here")

        sys.meta_path.insert(0, NoQt())
        import graph_engine
        names = [info.name for info in pkgutil.walk_packages(graph_engine.__path__, "graph_engine.")]
        for name in names:
            if not name.endswith("__main__"):
                importlib.import_module(name)
        assert len(names) > 50, names
        """
    )


def test_importing_the_window_leaves_heavy_libraries_alone() -> None:
    run_python(
        f"""
        import sys
        import app.window
        heavy = [name for name in {HEAVY} if name in sys.modules]
        assert not heavy, heavy
        """
    )


def test_qt_calls_do_not_lose_references_to_none() -> None:
    """PySide6 6.12 on Python 3.11 does, and aborts after a while: the reason for the pin."""
    run_python(
        """
        import sys
        from PySide6.QtCore import QCoreApplication, QTimer
        application = QCoreApplication([])
        timer = QTimer()
        before = sys.getrefcount(None)
        for _ in range(500):
            timer.stop()
        assert sys.getrefcount(None) > before - 100, (before, sys.getrefcount(None))
        """
    )


def run_python(code: str) -> None:
    """In a process of its own, whose exit code counts."""
    import textwrap

    root = Path(__file__).resolve().parents[2]
    found = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=root, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr
