"""A translated program, main and what it prints included, is compiled for this machine and run as a person would."""

from __future__ import annotations

import subprocess

import pytest

from transpile.corpus import zigcc
from transpile.corpus.language import language
from transpile.corpus.program import load
from transpile.corpus.rust import sysroot
from transpile.serve.lifter import Lifter
from transpile.serve.output import write_file
from transpile.serve.transpiler import Options, transpile
from transpile.verify.judge import judge
from transpile.verify.load import read_pairs

C = r"""
#include <stdio.h>
struct entry { int id; double worth; };
static struct entry entries[4];
static int count;
static int digits(const char *s) { int n = 0; for (; *s; s++) n += *s >= '0' && *s <= '9'; return n; }
int main(int argc, char **argv) {
    for (int i = 1; i < argc && count < 4; i++) {
        entries[count].id = digits(argv[i]);
        entries[count].worth = i * 1.5;
        count++;
    }
    for (int i = 0; i < count; i++) printf("%d %-4s|%.2f\n", entries[i].id, argv[i + 1], entries[i].worth);
    fprintf(stderr, "%d of %d\n", count, argc - 1);
    fputs("done\n", stderr);
    return count;
}
"""


def built(path, folder):
    """The command that compiles a file to `program` for this machine."""
    if path.suffix == ".rs":
        return [sysroot.toolchain().rustc, "--edition", "2021", path, "-o", folder / "program"]
    if path.suffix == ".zig":
        return [zigcc.zig(), "build-exe", path, "-lc", f"-femit-bin={folder / 'program'}"]
    return [zigcc.zig(), "c++" if path.suffix == ".cpp" else "cc", path, "-o", folder / "program"]


def run(path, folder):
    done = subprocess.run([str(word) for word in built(path, folder)], cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    ran = subprocess.run([folder / "program", "a1b2", "x", "77"], capture_output=True, text=True, timeout=60)
    return ran.returncode, ran.stdout, ran.stderr


@pytest.mark.parametrize("name", ["rust", "zig", "cpp"])
def test_main_starts_the_translated_program(name, tmp_path):
    source = tmp_path / "tool.c"
    source.write_text(C)
    program, target = load(source), language(name)
    found = transpile(program, target, None, Options(inputs=256), lifter=Lifter(program))
    assert {t.name: t.verdict.verified for t in found} == {"digits": True, "main": True}
    translated = tmp_path / f"translated{target.suffixes[0]}"
    translated.write_text(write_file(found, target, source))
    assert run(translated, tmp_path) == run(source, tmp_path) == (
        3, "2 a1b2|1.50\n0 x   |3.00\n2 77  |4.50\n", "3 of 3\ndone\n"
    )  # fmt: skip
    pair = read_pairs(source, translated)[0]["main"]
    assert judge(pair.original, [pair.translated], pair.signature)[0].verified
