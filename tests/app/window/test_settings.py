"""What is remembered between two starts."""

from __future__ import annotations

from pathlib import Path

from app.settings import RECENT, Settings


def test_recent_projects_come_latest_first_once_each_and_not_without_end(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.ini")
    for number in [*range(RECENT + 3), 5]:
        settings.remember(tmp_path / f"{number}.loom")
    settings.forget(tmp_path / "7.loom")
    numbers = [int(file.stem) for file in Settings(tmp_path / "settings.ini").recent]
    assert numbers == [5, 12, 11, 10, 9, 8, 6, 4, 3]


def test_one_recent_project_is_still_a_list(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.ini")
    settings.remember(tmp_path / "only.loom")
    settings._stored.sync()
    assert Settings(tmp_path / "settings.ini").recent == [tmp_path / "only.loom"]


def test_settings_nobody_can_read_count_as_none(tmp_path: Path) -> None:
    file = tmp_path / "settings.ini"
    file.write_bytes(b"\x00\xff[General]\ntheme=@Invalid(\x07)\nrecent=3\n")
    settings = Settings(file)
    assert settings.theme == "system"
    assert settings.place("window/frame").isEmpty()


def test_a_theme_that_does_not_exist_is_the_systems(tmp_path: Path) -> None:
    file = tmp_path / "settings.ini"
    file.write_text("[General]\ntheme=purple\n")
    assert Settings(file).theme == "system"
