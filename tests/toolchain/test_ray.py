"""The same steps on Ray Data, on a local Ray of two workers: the corpus is the same, byte for byte."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from transpile.corpus.errors import TranspileError
from transpile.corpus.pipeline import build as pipeline
from transpile.corpus.pipeline.engine import on_ray

KINDS = ("decode", "fix")
WORK = [pipeline.Chunk(f"generated/{i}", "generated", "", 270 + i, 3, kinds=KINDS) for i in range(3)]
WORK += [pipeline.Chunk("natural/num_fixed", "natural", "num_fixed", kinds=KINDS)]
# In a process of its own: Ray's handlers of signals take the place of those that wasmtime needs for traps.
BUILD = f"""
import json, sys
from pathlib import Path
from transpile.corpus.pipeline import build as pipeline
from transpile.corpus.pipeline.build import Chunk
seen = []
pipeline.build(Path(sys.argv[1]), {WORK!r}, workers=2, engine="ray", progress=lambda done, total: seen.append((done, total)))
print(json.dumps(seen))
"""


def test_ray_builds_the_same_corpus(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="pip install '.[ray]'")
    here, there = tmp_path / "local", tmp_path / "ray"
    pipeline.build(here, WORK, workers=1)
    done = subprocess.run([sys.executable, "-c", BUILD, str(there)], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen[0] == [0, 4] and seen[-1] == [4, 4]
    names = sorted(p.name for p in here.iterdir() if p.is_file())
    assert len(names) >= 4 and names == sorted(p.name for p in there.iterdir() if p.is_file())
    for name in names:
        assert (here / name).read_bytes() == (there / name).read_bytes(), name
    assert json.loads((there / "manifest.json").read_text())["kinds"]["fix"] > 0


def test_without_ray_the_command_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(TranspileError) as caught:
        next(on_ray(print, [1], 1))
    assert "transpile[ray]" in caught.value.hint
    command = "from transpile.corpus.command import main; main()"
    done = subprocess.run([sys.executable, "-c", command, "build", "--out", str(tmp_path), "--engine", "x"], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "engines are local and ray" in done.stderr
