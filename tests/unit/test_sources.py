"""Sources become trees: folders, archives (hostile ones too), repositories, the manifest and mirrors of it."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest

from transpile.corpus.errors import TranspileError
from transpile.corpus.pipeline.splits import is_held_out_repository
from transpile.corpus.real.licences import PERMISSIVE
from transpile.corpus.real.sources import MANIFEST, NamedSource, manifest, mirrored, open_named, open_source

MIT = "Permission is hereby granted, free of charge, to any person obtaining a copy"
CODE = "int f(int x) { return x + 1; }\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "lib-1.2"
    (root / "src").mkdir(parents=True)
    (root / "LICENSE").write_text(MIT)
    (root / "src" / "a.c").write_text(CODE)
    (root / "notes.txt").write_text("not source")
    return root


def test_a_folder_and_a_file(folder: Path) -> None:
    tree = open_source(str(folder))
    assert (tree.name, tree.licence, tree.files()) == ("lib-1.2", "MIT", ["src/a.c"])
    one = open_source(str(folder / "src" / "a.c"))
    assert (one.files(), one.licence) == (["a.c"], "unknown")
    with pytest.raises(TranspileError):
        open_source(str(folder / "nowhere"))


def test_archives(folder: Path, tmp_path: Path) -> None:
    for kind in ("gztar", "zip"):
        archive = shutil.make_archive(str(tmp_path / "packed"), kind, folder.parent, folder.name)
        tree = open_source(archive)
        assert (tree.name, tree.licence, tree.files()) == ("packed", "MIT", ["src/a.c"])
        assert not (tree.folder / "notes.txt").exists()
        assert open_source(archive) == tree


def test_members_that_would_leave_the_folder_stay_out(tmp_path: Path) -> None:
    bad = tmp_path / "bad.tar"
    with tarfile.open(bad, "w") as archive:
        for name in ("../out.c", "/abs.c", "ok/../../up.c", "fine.c"):
            member = tarfile.TarInfo(name)
            member.size = len(CODE)
            archive.addfile(member, io.BytesIO(CODE.encode()))
        link = tarfile.TarInfo("link.c")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert open_source(str(bad)).files() == ["fine.c"]
    packed = tmp_path / "bad.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../out.c", CODE)
        archive.writestr("fine.c", CODE)
        other = zipfile.ZipInfo("link.c")
        other.external_attr = 0o120777 << 16
        archive.writestr(other, "/etc/passwd")
    assert open_source(str(packed)).files() == ["fine.c"]
    assert not list(tmp_path.rglob("out.c"))


def test_a_broken_archive(tmp_path: Path, folder: Path) -> None:
    whole = Path(shutil.make_archive(str(tmp_path / "packed"), "gztar", folder))
    (tmp_path / "broken.tar.gz").write_bytes(whole.read_bytes()[:150])
    with pytest.raises(TranspileError):
        open_source(str(tmp_path / "broken.tar.gz"))
    assert not list((tmp_path / "cache").rglob("*.c"))


@pytest.fixture
def repository(folder: Path) -> tuple[Path, str]:
    if not shutil.which("git"):
        assert not os.environ.get("CI"), "in CI everything must be there"
        pytest.skip("git is not installed")

    def git(*words: str) -> str:
        who = ("-c", "user.name=n", "-c", "user.email=e@example.org")
        return subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet")
    git("config", "uploadpack.allowAnySHA1InWant", "true")
    git("add", ".")
    git("commit", "--quiet", "-m", "one")
    first = git("rev-parse", "HEAD")
    (folder / "src" / "b.c").write_text(CODE)
    git("add", ".")
    git("commit", "--quiet", "-m", "two")
    return folder, first


def test_a_git_url_and_a_revision(repository: tuple[Path, str]) -> None:
    folder, first = repository
    newest, older = open_source(f"file://{folder}"), open_source(f"file://{folder}@{first}")
    assert newest.files() == ["src/a.c", "src/b.c"] and older.files() == ["src/a.c"]
    assert (older.revision, older.licence) == (first[:12], "MIT")
    assert open_source(str(folder)).revision == newest.revision
    with pytest.raises(TranspileError):
        open_source(f"file://{folder}/nowhere")


def test_a_mirror(repository: tuple[Path, str], tmp_path: Path) -> None:
    folder, first = repository
    mirror = tmp_path / "mirror"
    bare = mirror / "owner+lib" / "repo"
    subprocess.run(["git", "clone", "--quiet", "--bare", str(folder), str(bare)], check=True, capture_output=True)
    entry = NamedSource("owner/lib", first, "Zlib", url="https://example.org/owner/lib", take=("src/",))
    tree = open_named(entry, mirror)
    assert tree is not None
    assert (tree.name, tree.revision, tree.licence, tree.files()) == ("owner/lib", first[:12], "Zlib", ["src/a.c"])
    assert mirrored(NamedSource("owner/other", first, "MIT"), mirror) is None
    assert open_named(NamedSource("owner/other", first, "MIT", url="https://example.org/x"), mirror) is None


def test_the_manifest() -> None:
    entries = manifest()
    assert len({e.name for e in entries}) == len(entries) >= 8
    assert all(e.bundled or len(e.revision) == 40 for e in entries)
    assert {e.licence for e in entries} - PERMISSIVE <= {"unknown"}
    held_out = [e.name for e in entries if is_held_out_repository(e.name)]
    assert 5 <= len(held_out) <= len(entries) // 4


def test_a_manifest_of_another_form(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text('[[source]]\nnmae = "x"\n')
    with pytest.raises(TranspileError):
        manifest(path)
    assert MANIFEST.is_file()
