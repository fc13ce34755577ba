"""The `layerloom` command: which words go where, and what is imported for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.__main__ import WINDOW, main
from graph_engine.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[3]


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert all(f"  {name} " in text for name in (*WINDOW, *COMMANDS))


def test_engine_and_window_commands_share_no_name() -> None:
    assert not WINDOW.keys() & COMMANDS.keys()


@pytest.mark.parametrize("name", WINDOW)
def test_every_window_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert WINDOW[name].help in " ".join(capsys.readouterr().out.split())


def test_a_word_that_is_neither_file_nor_command_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["trian"])
    assert ended.value.code == 2
    assert "no file and no command 'trian'" in capsys.readouterr().err


def test_engine_commands_import_no_qt() -> None:
    code = (
        "import sys; from app.__main__ import main; main(['templates']); sys.exit('PySide6' in sys.modules)"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False).returncode
        == 0
    )


def test_without_a_screen_the_window_says_what_works() -> None:
    code = "import sys; from app.__main__ import main; sys.exit(main([]))"
    environment = {"PATH": "/usr/bin", "HOME": "/nonexistent"}
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if sys.platform == "linux":
        assert found.returncode == 2 and "layerloom demo" in found.stderr


def test_a_picture_is_drawn_or_the_place_for_it_is_named(tmp_path: Path) -> None:
    project, missing = tmp_path / "digits.loom", tmp_path / "nowhere" / "digits.png"
    assert main(["new", "digits-residual", "-o", str(project)]) == 0
    drawn = _picture(project, tmp_path / "digits.png")
    assert drawn.returncode == 0, drawn.stderr
    assert (tmp_path / "digits.png").read_bytes().startswith(b"\x89PNG")
    refused = _picture(project, missing)
    assert refused.returncode == 2
    assert f"{missing} could not be written" in refused.stderr


def _picture(project: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app", "picture", str(project), "-o", str(out)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
