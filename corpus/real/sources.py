"""Where real code comes from: a folder, an archive, a git repository, or the manifest of named public sources.

Every source becomes a `Tree`: a folder of its source and licence files, with a name, a revision and a licence. What is not a folder already is
unpacked into a cache, keyed by its content, so that an interrupted build finds it again. Archives and repositories are untrusted: only
plain files under relative paths come out, within bounds, and git may use its own, file, ssh and https transports only.
Limits: submodules and files that Git LFS keeps elsewhere are not fetched.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import re
import subprocess
import tarfile
import tempfile
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from transpile.corpus.errors import TranspileError
from transpile.corpus.language import languages
from transpile.corpus.real.functions import Tree
from transpile.corpus.real.licences import NAMES, licence_of_folder
from transpile.corpus.rust.sysroot import library_sources

MANIFEST = Path(__file__).with_name("sources.toml")
LARGEST_MEMBER = 4 << 20
LARGEST_ARCHIVE = 2 << 30
"""Bytes of one unpacked file, and of all together."""
_URL = re.compile(r"(?:https|ssh|git|file)://\S+|[\w.-]+@[\w.-]+:\S+")
_ARCHIVES = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".tar.gz", ".tar.bz2", ".tar.xz")
_GIT = ("git", "-c", "protocol.allow=never", *(a for p in ("https", "ssh", "git", "file") for a in ("-c", f"protocol.{p}.allow=always")))


@dataclass(frozen=True, slots=True)
class NamedSource:
    """An entry of the manifest. `take`: patterns of paths, all if empty; `leave`: patterns of paths that stay out. `bundled`: a folder that a
    compiler brings along, as package:path."""

    name: str
    revision: str
    licence: str
    url: str = ""
    bundled: str = ""
    take: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()


def manifest(path: Path = MANIFEST) -> list[NamedSource]:
    """The named sources. Raises TranspileError for a manifest that does not have the form."""
    try:
        raw = tomllib.loads(path.read_text())
        host = raw.get("host", "")
        return [
            NamedSource(**{"url": host + s["name"] if "bundled" not in s else "", **s, "take": tuple(s.get("take", ())), "leave": tuple(s.get("leave", ()))})
            for s in raw["source"]
        ]
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise TranspileError(f"{path} is no manifest of sources: {error}", hint="see corpus/real/sources.toml for the form") from None


def cache_folder() -> Path:
    """Where unpacked sources are kept: XDG_CACHE_HOME/transpile/sources."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "transpile" / "sources"


def is_wanted(name: str) -> bool:
    """Whether a file takes part: source code of a known language, or a licence."""
    path = PurePosixPath(name)
    return path.suffix in {s for tongue in languages().values() for s in tongue.suffixes} or bool(NAMES.match(path.name))


def open_source(where: str, *, name: str = "", revision: str = "", licence: str = "") -> Tree:
    """The tree of a folder, an archive (tar, zip), a bare git repository or a git URL, with `@REVISION` behind it if not the newest.

    Raises TranspileError where there is nothing of the kind."""
    if _URL.fullmatch(where):
        url, at, wanted = where.rpartition("@") if re.search(r"@[\w./-]+$", where) and where.count("@") > where.count("git@") else (where, "", "")
        url, wanted = (url, wanted) if at else (where, revision)
        return _from_git(_clone(url, wanted), name or _name_of_url(url), wanted or "HEAD", licence)
    path = Path(where)
    if path.is_dir():
        bare = next((p for p in (path, path / "repo", path / "repo" / ".git") if (p / "HEAD").is_file() and (p / "objects").is_dir()), None)
        if bare is not None:
            return _from_git(bare, name or path.name.removesuffix(".git").replace("+", "/"), revision or "HEAD", licence)
        found = _revision_of(path) if (path / ".git").exists() else ""
        return Tree(name or path.resolve().name, revision or found or "none", licence or licence_of_folder(path), str(path))
    if path.is_file() and path.name.endswith(_ARCHIVES):
        digest = _digest(path)
        folder = _unpacked(f"archive-{digest}", lambda target: _unpack(path, target))
        inside = [p for p in folder.iterdir()]
        root = inside[0] if len(inside) == 1 and inside[0].is_dir() else folder
        stem = re.sub(r"\.(?:tar|tgz|zip)(?:\.\w+)?$|\.tar\.\w+$", "", path.name)
        return Tree(name or stem, revision or digest, licence or licence_of_folder(root), str(root))
    if path.is_file():
        return Tree(name or path.stem, revision or "none", licence or licence_of_folder(path.parent), str(path.parent), take=(path.name,))
    raise TranspileError(f"no such file, folder or archive: {where}", hint="--source takes a source file, a folder, a tar or zip archive, or a git URL")


def open_named(source: NamedSource, mirror: Path | None) -> Tree | None:
    """A source of the manifest: bundled, from a mirror folder if it is there, else by its URL; None where only the mirror may be asked and has none."""
    if source.bundled:
        folder = bundled_folder(source.bundled)
        return _open(str(folder), source) if folder else None
    if mirror is None:
        return _open(source.url, source)
    folder = mirrored(source, mirror)
    return _open(str(folder), source) if folder else None


def mirrored(source: NamedSource, mirror: Path) -> Path | None:
    """Where a mirror folder has a source: under owner+name, owner/name, owner-name or name, as a work tree or a bare repository."""
    owner, _, short = source.name.partition("/")
    places = (f"{owner}+{short}", f"{owner}/{short}", f"{owner}/{short}.git", f"{owner}-{short}", short)
    return next((mirror / place for place in places if (mirror / place).is_dir()), None)


def _open(where: str, source: NamedSource) -> Tree:
    tree = open_source(where, name=source.name, revision=source.revision, licence=source.licence)
    return replace(tree, take=source.take, leave=source.leave)


def bundled_folder(where: str) -> Path | None:
    """The folder `package:path` inside an installed package, or inside the sources of Rust's library for `rustc:path`; None where there is none."""
    from importlib.util import find_spec

    package, _, inside = where.partition(":")
    if package == "rustc":
        library = library_sources()
        return library / inside if library is not None else None
    found = find_spec(package)
    folders = [Path(place) / inside for place in (found.submodule_search_locations or ())] if found else []
    return next((folder for folder in folders if folder.is_dir()), None)


# ---------------------------------------------------------------- unpacking


def _unpacked(key: str, fill: Callable[[Path], object]) -> Path:
    """The cached folder `key`, filled by `fill(folder)` at the first use; it appears whole or not at all."""
    folder = cache_folder() / key
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
            target = Path(temporary) / "tree"
            target.mkdir()
            fill(target)
            try:
                target.rename(folder)
            except OSError:
                if not folder.is_dir():  # another process was not faster
                    raise
    return folder


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]


def _unpack(path: Path, target: Path) -> None:
    """The wanted members of an archive, each a plain file under a relative path."""
    total = 0
    for name, size, read in _members(path):
        place = PurePosixPath(name.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts or not is_wanted(name) or size > LARGEST_MEMBER:
            continue
        total += size
        if total > LARGEST_ARCHIVE:
            raise TranspileError(f"{path} holds more than {LARGEST_ARCHIVE >> 30} GiB of source", hint="unpack it and give the folders that matter")
        to = target / place
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(read()[:LARGEST_MEMBER])


def _members(path: Path) -> Iterator[tuple[str, int, Callable[[], bytes]]]:
    """(name, size, what reads it) of the plain files of an archive."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for one in archive.infolist():
                    if not one.is_dir() and (one.external_attr >> 16) & 0o170000 in (0, 0o100000):
                        yield one.filename, one.file_size, lambda one=one: archive.read(one)
            return
        with tarfile.open(path) as archive:
            for member in archive:
                if member.isfile():
                    yield member.name, member.size, lambda member=member: archive.extractfile(member).read()
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError) as error:
        raise TranspileError(f"{path} can't be unpacked: {error}", hint="is the archive whole?") from None


# ---------------------------------------------------------------- git


def _git(*arguments: str | Path, what: str) -> bytes:
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_LFS_SKIP_SMUDGE": "1", "LC_ALL": "C"}
    try:
        done = subprocess.run([*_GIT, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, env=environment)
    except FileNotFoundError:
        raise TranspileError("git is not installed", hint="install git, or give an unpacked folder or an archive") from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise TranspileError(f"{what}: {lines[-1] if lines else 'git failed'}", hint="check the address, the revision and the network")
    return done.stdout


def _name_of_url(url: str) -> str:
    return "/".join(re.split(r"[/:]", url.rstrip("/").removesuffix(".git"))[-2:])


def _clone(url: str, revision: str) -> Path:
    """A bare clone of one revision (the newest, if none is said) in the cache."""

    def fill(target: Path) -> None:
        _git("init", "--quiet", "--bare", target, what=url)
        _git("--git-dir", target, "fetch", "--quiet", "--depth", "1", "--", url, revision or "HEAD", what=url)
        _git("--git-dir", target, "update-ref", "HEAD", "FETCH_HEAD", what=url)

    if revision:
        return _unpacked("git-" + hashlib.sha256(f"{url}@{revision}".encode()).hexdigest()[:16], fill)
    head = _git("ls-remote", "--", url, "HEAD", what=url).split()
    if not head:
        raise TranspileError(f"{url} has no commit", hint="check the address")
    return _clone(url, head[0].decode())


def _revision_of(folder: Path) -> str:
    return _git("-C", folder, "rev-parse", "HEAD", what=str(folder)).decode().strip()[:12]


def _from_git(git: Path, name: str, revision: str, licence: str) -> Tree:
    """The wanted files of one commit, in the cache."""
    commit = _git("--git-dir", git, "rev-parse", "--verify", "--quiet", f"{'HEAD' if revision == 'HEAD' else revision}^{{commit}}", what=name)
    revision = commit.decode().strip()
    listed = _git("--git-dir", git, "ls-tree", "-r", "-l", "-z", revision, what=name).decode("utf-8", "replace").split("\0")
    wanted: list[tuple[str, str]] = []
    for line in filter(None, listed):
        (mode, _, blob, size), path = line.split("\t", 1)[0].split(), line.split("\t", 1)[1]
        if mode in ("100644", "100755") and is_wanted(path) and size.isdigit() and int(size) <= LARGEST_MEMBER:
            wanted.append((blob, path))

    def fill(target: Path) -> None:
        _write_blobs(git, wanted, target)

    key = re.sub(r"[^\w.-]", "+", name)
    folder = _unpacked(f"{key}@{revision[:12]}", fill)
    return Tree(name, revision[:12], licence or licence_of_folder(folder), str(folder))


def _write_blobs(git: Path, wanted: Sequence[tuple[str, str]], target: Path) -> None:
    """Files by their blobs, through one `git cat-file`; a blob that the clone lacks is passed over."""
    process = subprocess.Popen([*_GIT, "--git-dir", str(git), "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdin and process.stdout
    with process:
        for blob, path in wanted:
            process.stdin.write(f"{blob}\n".encode())
            process.stdin.flush()
            header = process.stdout.readline().split()
            if len(header) < 3:
                continue
            content = process.stdout.read(int(header[2]))
            process.stdout.read(1)
            to = target / path
            if ".." in PurePosixPath(path).parts:
                continue
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(content)
        process.stdin.close()
