"""Files and folders are exchanged whole or not at all."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from installer.files import exchange_tree, read_tree, remove_tree, write_atomically

POSIX = pytest.mark.skipif(os.name != "posix", reason="file modes and links of POSIX")


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "kritarc"
    file.write_bytes(b"old")

    def broken(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(OSError, match="disk full"):
        write_atomically(file, b"new")
    assert file.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["kritarc"]


@POSIX
def test_a_write_keeps_the_mode_and_follows_a_link(tmp_path: Path):
    real = tmp_path / "dotfiles" / "kritarc"
    real.parent.mkdir()
    real.write_bytes(b"old")
    real.chmod(0o600)
    link = tmp_path / "kritarc"
    link.symlink_to(real)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert real.stat().st_mode & 0o777 == 0o600


def test_a_folder_holds_exactly_the_new_files_afterwards(tmp_path: Path):
    folder = tmp_path / "plugin"
    exchange_tree(folder, {"a.py": b"1", "ui/old.py": b"2"})
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "a.pyc").write_bytes(b"x")
    exchange_tree(folder, {"a.py": b"3", "ui/new.py": b"4"})
    assert read_tree(folder) == {"a.py": b"3", "ui/new.py": b"4"}
    assert os.listdir(tmp_path) == ["plugin"]


def test_a_failed_exchange_brings_the_old_folder_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "plugin"
    exchange_tree(folder, {"a.py": b"old"})
    rename = os.rename

    def broken(source, target):
        if Path(target) == folder and ".new-" in str(source):
            raise OSError("no")
        rename(source, target)

    monkeypatch.setattr(os, "rename", broken)
    with pytest.raises(OSError, match="no"):
        exchange_tree(folder, {"a.py": b"new"})
    assert read_tree(folder) == {"a.py": b"old"}
    assert os.listdir(tmp_path) == ["plugin"]


@POSIX
def test_a_link_is_taken_away_and_what_it_points_to_stays(tmp_path: Path):
    mine = tmp_path / "mine"
    exchange_tree(mine, {"a.py": b"mine"})
    for act in (remove_tree, lambda folder: exchange_tree(folder, {"a.py": b"new"})):
        link = tmp_path / "link"
        link.symlink_to(mine, target_is_directory=True)
        act(link)
        assert not link.is_symlink()
        assert read_tree(mine) == {"a.py": b"mine"}


def test_an_old_python_gets_one_sentence(tmp_path: Path):
    """The entry file must be readable by Pythons that lack what the rest uses: it is compiled for an old grammar."""
    import ast

    source = (Path(__file__).parents[2] / "installer" / "__main__.py").read_text()
    ast.parse(source, feature_version=(3, 4))
    version = (3, 9, 0)
    lines: list[str] = []
    head = source.partition("from installer.cli")[0].replace("import sys\n", "")

    class OldSys:
        version_info = version

        @staticmethod
        def exit(code: int) -> None:
            raise SystemExit(code)

    with pytest.raises(SystemExit):
        exec(head, {"sys": OldSys, "print": lines.append})
    assert lines == ["This needs Python 3.11 or later; here is 3.9. Install a newer Python and use it."]
    assert sys.version_info >= (3, 11)
