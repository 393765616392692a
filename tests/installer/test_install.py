"""`python3 -m installer install` in a fresh home: dry run, second run, uninstall, a Krita that is open."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from installer.krita import find_krita
from installer.project import ROOT

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or find_krita() is None, reason="needs Krita on a Linux: python3 -m installer install"
)


def installer(home: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the installer as a person with this home would; nothing of the tester's own home is known to it."""
    base = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "installer", *arguments], cwd=ROOT, env=base | {"HOME": str(home)} | env, capture_output=True,
        text=True, timeout=300,
    )


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file with its time of change and its bytes."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A new home that has a kritarc with somebody's settings."""
    settings = tmp_path / ".config" / "kritarc"
    settings.parent.mkdir()
    settings.write_bytes(b"[theme]\nTheme=Krita bright\n\n[python]\nenable_tenbrushes=true\n")
    return tmp_path


def test_a_dry_run_says_what_it_would_do_and_changes_nothing(home: Path):
    before = snapshot(home)
    done = installer(home, "install", "--dry-run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Would do: Put the plugin into" in done.stdout
    assert "Would do: Switch the plugin on in" in done.stdout
    assert snapshot(home) == before


def test_a_second_install_changes_no_file(home: Path):
    first = installer(home, "install")
    assert first.returncode == 0, first.stdout + first.stderr
    settings = home / ".config" / "kritarc"
    assert settings.read_bytes() == b"[theme]\nTheme=Krita bright\n\n[python]\nenable_iea_krita=true\nenable_tenbrushes=true\n"
    assert (home / ".local/share/krita/pykrita/iea_krita/vendor/requests/__init__.py").exists()
    assert (home / ".local/share/krita/pykrita/iea_krita/vendor/tool_mapping/spec.py").exists()
    before = snapshot(home)
    second = installer(home, "install")
    assert "Everything is in place." in second.stdout
    assert snapshot(home) == before


def test_uninstall_leaves_what_was_there_before(home: Path):
    before = {name: data for name, (_, data) in snapshot(home).items()}
    assert installer(home, "install").returncode == 0
    done = installer(home, "uninstall")
    assert done.returncode == 0, done.stdout
    assert {name: data for name, (_, data) in snapshot(home).items()} == before
    assert "nothing to take away" in installer(home, "uninstall").stdout


def test_without_any_settings_uninstall_leaves_none(tmp_path: Path):
    assert installer(tmp_path, "install").returncode == 0
    assert installer(tmp_path, "uninstall").returncode == 0
    assert snapshot(tmp_path) == {}


def test_the_folders_that_xdg_names_are_used(tmp_path: Path):
    data, config = tmp_path / "my data", tmp_path / "my config"
    done = installer(tmp_path, "install", XDG_DATA_HOME=str(data), XDG_CONFIG_HOME=str(config))
    assert done.returncode == 0, done.stdout
    assert (data / "krita/pykrita/iea_krita.desktop").exists()
    assert b"enable_iea_krita=true" in (config / "kritarc").read_bytes()
    assert not (tmp_path / ".config").exists()


def test_the_resource_folder_that_the_person_chose_in_krita_is_used(tmp_path: Path):
    chosen = tmp_path / "chosen"
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config" / "kritarc").write_text(f"ResourceDirectory={chosen}\n\n[theme]\nTheme=Krita dark\n")
    assert installer(tmp_path, "install").returncode == 0
    assert (chosen / "pykrita/iea_krita.desktop").exists()
    assert not (tmp_path / ".local").exists()


def test_nothing_is_changed_while_krita_is_open_with_the_same_settings(home: Path, tmp_path: Path):
    """A process with Krita's name and this home, as /proc shows it; it ends when its input closes."""
    program = tmp_path / "krita"
    program.symlink_to("/bin/cat")
    before = snapshot(home)
    with subprocess.Popen([str(program)], env={"HOME": str(home)}, stdin=subprocess.PIPE) as process:
        done = installer(home, "install")
        assert process.stdin is not None
        process.stdin.close()
    assert done.returncode == 1
    assert "Krita is open. Close it" in done.stdout
    assert snapshot(home) == before


def test_a_krita_that_is_open_is_not_given_a_second_start(home: Path, tmp_path: Path):
    """Krita is there once for a home: a second start would end at once, and the job would be waited for in vain."""
    assert installer(home, "install").returncode == 0
    program = tmp_path / "krita"
    program.symlink_to("/bin/cat")
    with subprocess.Popen([str(program)], env={"HOME": str(home)}, stdin=subprocess.PIPE) as process:
        done = installer(home, "run")
        assert process.stdin is not None
        process.stdin.close()
    assert done.returncode == 1
    assert "Krita is open. Close it" in done.stdout
    assert "Opening" not in done.stdout


def test_doctor_names_what_is_missing_and_what_to_do(home: Path):
    done = installer(home, "doctor")
    assert done.returncode == 1
    assert "WRONG Plugin: is not in" in done.stdout
    assert "python3 -m installer install" in done.stdout
    installer(home, "install")
    told = installer(home, "doctor").stdout
    assert "ok    Plugin:" in told
    assert "ok    Switched on:" in told


def test_a_plugin_that_was_changed_by_hand_is_told_and_put_right(home: Path):
    installer(home, "install")
    file = home / ".local/share/krita/pykrita/iea_krita/__init__.py"
    right = file.read_bytes()
    file.write_bytes(right + b"\n# mine\n")
    assert "another version than in this project" in installer(home, "doctor").stdout
    assert installer(home, "install").returncode == 0
    assert file.read_bytes() == right
