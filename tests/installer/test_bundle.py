"""The zip is one that Krita's own importer takes."""

from __future__ import annotations

import builtins
import importlib.util
import io
import zipfile
from pathlib import Path

import pytest

from installer.bundle import zip_bytes
from installer.environment import Environment
from installer.files import read_tree
from installer.plugin import plugin_files
from tests.real_krita import RealKrita

IMPORTER = Path("/usr/share/krita/pykrita/plugin_importer/plugin_importer.py")


@pytest.fixture(scope="module")
def bundle() -> bytes:
    environment = Environment()
    if not environment.vendor.is_dir():
        environment.vendor_step().do()
    return zip_bytes(environment)


def test_the_same_checkout_gives_the_same_bytes(bundle: bytes):
    assert zip_bytes(Environment()) == bundle


def test_it_names_no_folder_of_this_machine(bundle: bytes):
    names = zipfile.ZipFile(io.BytesIO(bundle)).namelist()
    assert "iea_krita/installed.json" not in names
    assert "iea_krita/LICENSE" in names
    assert not [name for name in names if "__pycache__" in name]


@pytest.mark.skipif(not IMPORTER.exists(), reason="needs Krita's own importer, as Debian installs it")
def test_kritas_own_importer_takes_it(bundle: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    spec = importlib.util.spec_from_file_location("plugin_importer", IMPORTER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(builtins, "i18n", lambda text: text, raising=False)
    file = tmp_path / "iea.zip"
    file.write_bytes(bundle)
    importer = module.PluginImporter(str(file), str(tmp_path / "resources"), lambda plugin: True)
    (tmp_path / "resources").mkdir()
    imported = importer.import_all()
    importer.archive.close()
    assert [plugin["name"] for plugin in imported] == ["iea_krita"]
    assert read_tree(tmp_path / "resources/pykrita/iea_krita") == dict(sorted(plugin_files(Environment().vendor).items()))
    assert (tmp_path / "resources/pykrita/iea_krita.desktop").exists()


@pytest.mark.krita
def test_installed_from_the_zip_alone_the_docker_says_what_is_still_to_do(bundle: bytes, tmp_path: Path):
    """Krita's importer unpacks the zip and nothing else: there is no agent then, and the docker must say how to get one."""
    pykrita = tmp_path / "data/krita/pykrita"
    pykrita.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        archive.extractall(pykrita)
    config = tmp_path / "config"
    config.mkdir()
    (config / "kritarc").write_text("[python]\nenable_iea_krita=true\nenable_iea_bridge=true\n")
    with RealKrita(plugin=False, home=tmp_path) as krita:
        krita.wait_until("docker('iea_krita_docker') is not None", 30)
        words = "' '.join(label.text() for label in docker('iea_krita_docker').findChildren(QtWidgets.QLabel))"
        krita.wait_until(f"'installer install' in {words}", 30)
