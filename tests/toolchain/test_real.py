"""Builds from real code: a folder, an archive, licences, headers and calls between files, held-out repositories, kill -9 and resume."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from transpile.corpus.batch import Compiled, compile_batch
from transpile.corpus.c.preprocessor import preprocess
from transpile.corpus.errors import TranspileError
from transpile.corpus.language import language
from transpile.corpus.pairs import FunctionPair, read_corpus, source_function
from transpile.corpus.pipeline import build as pipeline
from transpile.corpus.pipeline.splits import is_held_out_repository
from transpile.corpus.real import sources
from transpile.corpus.real.functions import Tree, real_functions
from transpile.corpus.real.sources import open_source

MIT = "Permission is hereby granted, free of charge, to any person obtaining a copy of this software"
FILES = {
    "LICENSE": MIT,
    "include/shapes/box.h": """
        #ifndef BOX_H
        #define BOX_H
        #include <stdint.h>
        #include <nowhere.h>
        #define SCALE 12
        #define CLAMP(x, lo, hi) ((x) < (lo) ? (lo) : (x) > (hi) ? (hi) : (x))
        typedef struct { int32_t left, right; } box;
        static inline int width(const box *b) { return b->right - b->left; }
        int far(int x);
        #endif
    """,
    "src/a.c": """
        #include <shapes/box.h>
        #if defined(_WIN32)
        int windows_only(int x) { return x / 3; }
        #endif
        int scaled(const box *b) { return CLAMP(width(b) * SCALE, 0, INT_MAX / 2); }
        int sum_far(const int *v, int n) { int s = 0; for (int i = 0; i < n; i++) s += far(v[i]); return s; }
        int digits(const char *s) { int n = 0; while (isdigit(*s)) { s++; n++; } return n; }
        int broken(int x) { return y + z; }
        int needs_more(FILE *f) { return fgetc(f); }
    """,
    "src/b.c": """
        int far(int x) { return x * 7 + 1; }
        int mixed(const int *v, int n) { int t = 5; for (int k = 0; k < n; k++) t = (t << 3) ^ (v[k] - k); return t; }
        int mixed_too(const int *w, int m) { int u = 5; for (int i = 0; i < m; i++) u = (u << 3) ^ (w[i] - i); return u; }
    """,
    "src/gpl.c": "/* This is covered by the GNU General Public License. */\nint not_ours(int x) { return x * x ^ x >> 2; }\n",
    "lib/c.rs": "pub fn third(a: &[i32]) -> i32 { if a.len() > 2 { a[2] } else { -1 } }\n",
    "src/long.c": """
        int find_last(const int *values, int count, int wanted) {
            int place = -1;
            for (int i = 0; i < count; i++) {
                if (values[i] == wanted && (i == 0 || values[i - 1] != wanted))
                    place = i;
            }
            return place;
        }
    """,
    "tests/d.c": "int tested(int x) { return x * 13 + 2; }\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("source") / "shapes"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def build(out: Path, *trees: Tree, any_licence: bool = False) -> tuple[list[FunctionPair], dict]:
    work, passed = pipeline.source_chunks(trees, any_licence=any_licence)
    pipeline.build(out, work, workers=1, passed=passed)
    return list(read_corpus(out)), json.loads((out / "manifest.json").read_text())


@pytest.fixture(scope="module")
def built(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[FunctionPair], dict]:
    assert not is_held_out_repository("shapes")
    return build(tmp_path_factory.mktemp("built"), open_source(str(folder)))


def test_functions_come_with_what_they_need(built: tuple[list[FunctionPair], dict]) -> None:
    rows, manifest = built
    assert {r.name for r in rows if r.language == "c"} == {"width", "scaled", "sum_far", "far", "digits", "mixed", "find_last", "needs_more"}
    assert [r.name for r in rows if r.language == "rust"] == ["third"]
    assert {r.licence for r in rows} == {"MIT"}
    assert {r.origin for r in rows if r.name == "far"} == {"shapes@none:src/b.c"}
    dropped = manifest["dropped"]
    assert dropped["file: licence LicenseRef-reciprocal"] == 1 and dropped["file: tests or others' code"] == 1
    assert dropped["compile error (c)"] == 1 and dropped["duplicate"] == 1
    counted = manifest["counted"]
    assert counted["functions (c)"] == 10 and counted["cut out (c)"] == 9 and counted["calling what is declared (c)"] == 1 and counted["compiled (c)"] == 8


def test_c_serves_as_cpp_in_the_same_group(built: tuple[list[FunctionPair], dict]) -> None:
    rows, _ = built
    groups = {r.group for r in rows if r.language == "cpp"}
    assert groups == {r.group for r in rows if r.language == "c"}


def test_every_row_compiles_alone(built: tuple[list[FunctionPair], dict]) -> None:
    rows, _ = built
    for name in ("c", "cpp", "rust"):
        sources = [source_function(r) for r in rows if r.language == name]
        assert all(isinstance(r, Compiled) for one in sources for r in compile_batch(language(name), [one]))


def test_any_licence_keeps_them_all_and_a_rebuild_is_the_same(folder: Path, tmp_path: Path) -> None:
    tree = open_source(str(folder))
    first, _ = build(tmp_path / "a", tree, any_licence=True)
    again, _ = build(tmp_path / "b", tree, any_licence=True)
    assert {r.licence for r in first if r.name == "not_ours"} == {"LicenseRef-reciprocal"}
    assert first == again
    assert (tmp_path / "a" / "part-00000.parquet").read_bytes() == (tmp_path / "b" / "part-00000.parquet").read_bytes()


def test_an_archive_gives_what_the_folder_gives(
    folder: Path, built: tuple[list[FunctionPair], dict], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = shutil.make_archive(str(tmp_path / "shapes"), "gztar", folder.parent, "shapes")
    monkeypatch.setattr(sources, "cache_folder", lambda: tmp_path / "cache")
    rows, _ = build(tmp_path / "out", open_source(archive))
    assert {(r.language, r.name, r.wat) for r in rows} == {(r.language, r.name, r.wat) for r in built[0]}


def test_a_held_out_repository_is_not_trained_on_and_shares_nothing(folder: Path, tmp_path: Path) -> None:
    names = (f"someone/lib{i}" for i in range(100))
    held_out = next(n for n in names if is_held_out_repository(n))
    small = tmp_path / "small"
    small.mkdir()
    (small / "far.c").write_text("int like_far(int y) { return y * 9 + 1; }\nunsigned own(unsigned y) { return y << 3 ^ y >> 5 ^ y * y; }\n")
    rows, manifest = build(tmp_path / "out", Tree(held_out, "1", "MIT", str(small)), open_source(str(folder)))
    assert {(r.name, r.split) for r in rows if r.origin.startswith("someone/")} == {("own", "real")}
    assert manifest["dropped"]["near duplicate (WAT)"] >= 1


def test_nothing_to_do(tmp_path: Path) -> None:
    with pytest.raises(TranspileError):
        pipeline.source_chunks([Tree("a/b", "1", "MIT", str(tmp_path))])


def test_the_functions_for_others(folder: Path) -> None:
    found = {f.name: f for f in real_functions([open_source(str(folder))])}
    assert found["sum_far"].source.text.startswith("int32_t f0 ( const int32_t * p0 , int32_t p1 ) {")
    assert [c.name for c in found["sum_far"].source.callees] == ["c0"] and found["sum_far"].origin == "shapes@none:src/a.c"


def test_several_files_in_one_process_are_as_each_alone(folder: Path) -> None:
    files, folders = [folder / "src" / "a.c", folder / "src" / "b.c", folder / "include/shapes/box.h"], [folder / "include"]
    together = preprocess(files, folders, root=folder)
    assert together == [preprocess([f], folders, root=folder)[0] for f in files]
    assert together[0] is not None and "windows_only" not in together[0].text
    assert not together[0].own(together[0].text.index("width")) and together[0].own(together[0].text.index("scaled"))


def test_where_and_when_it_is_built_stays_out_of_the_text(tmp_path: Path) -> None:
    text = "const char *where(void) { return __FILE__; }\nconst char *when(void) { return __DATE__ __TIME__; }\n"
    read = []
    for name in ("one", "two"):
        (tmp_path / name / "src").mkdir(parents=True)
        (tmp_path / name / "src" / "a.c").write_text(text)
        [found] = preprocess([tmp_path / name / "src" / "a.c"], [], root=tmp_path / name)
        assert found is not None
        read.append(found.text)
    assert read[0] == read[1] and 'return "src/a.c"' in read[0] and "1970" in read[0]


def test_a_build_that_is_killed_goes_on(folder: Path, tmp_path: Path) -> None:
    trees = [replace(open_source(str(folder)), name=f"some/lib{i}", take=(f,)) for i, f in enumerate(("src/a.c", "src/b.c", "lib/c.rs"))]
    whole, _ = build(tmp_path / "whole", *trees)
    code = (
        "import sys; from pathlib import Path; from transpile.corpus.pipeline import build as pipeline; from transpile.corpus.real.functions import Tree\n"
        f"work, passed = pipeline.source_chunks([Tree(*t) for t in {[(t.name, t.revision, t.licence, t.root, t.take) for t in trees]!r}])\n"
        "pipeline.build(Path(sys.argv[1]), work, workers=1, passed=passed)\n"
    )
    for seconds in (0.7, 1.5, 2.5):
        process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "out")], start_new_session=True)
        time.sleep(seconds)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "out")], check=True, timeout=300)
    assert list(read_corpus(tmp_path / "out")) == whole


def test_what_a_users_own_table_flags_stays_out(folder: Path, tmp_path: Path) -> None:
    corpus = [sys.executable, "-c", "from transpile.corpus.command import main; main()"]
    edited = tmp_path / "edited.c"
    edited.write_text(FILES["src/long.c"].replace("place", "at").replace("return at", "return at * 2"))  # other names, one token more
    table = tmp_path / "own.tsv"
    table.write_text(subprocess.run([*corpus, "fingerprints", str(edited)], capture_output=True, text=True, check=True).stdout)
    words = ["build", "--source", str(folder / "src"), "--any-licence", "--fingerprints", str(table), "--out", str(tmp_path / "out"), "--json"]
    done = subprocess.run([*corpus, *words], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["dropped"]["benchmark"] == 1
    assert "find_last" not in {r.name for r in read_corpus(tmp_path / "out")}


def test_the_command_line(folder: Path, tmp_path: Path) -> None:
    corpus = [sys.executable, "-c", "from transpile.corpus.command import main; main()"]
    done = subprocess.run([*corpus, "sources", "--json"], capture_output=True, text=True, check=True)
    assert len(json.loads(done.stdout)) >= 8
    again = folder / "src" / "b.c"
    words = ["build", "--source", str(folder / "lib"), "--source", str(again), "--any-licence", "--out", str(tmp_path / "out"), "--workers", "1", "--json"]
    done = subprocess.run([*corpus, *words], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["splits"]["train/rust"] == 1
    done = subprocess.run([*corpus, "stats", str(tmp_path / "out"), "--json"], capture_output=True, text=True, check=True)
    report = json.loads(done.stdout)
    assert report["real_c"]["share"] == 1.0 and report["real_c"]["standalone"] == 3
