"""Peak memory of finishing a corpus against its number of pairs: duplicates out, splits, all kinds of rows written.

The raw shards are made up (texts of usual length, a fifth of them duplicates, in four languages, with optimize and fix rows), since what is measured does not
depend on what compilers say. Each size runs in a process of its own. Prints one JSON object: peak RSS in MB by number of pairs, the bytes that a pair adds, and
what that makes of a million. The other half of a build, the chunks, holds one chunk of 400 programs at a time in each process, whatever the corpus has.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from transpile.corpus.pairs import FixPair, FunctionPair, LintPair, OptimizePair, extended, write_shard

LANGUAGES = ("c", "cpp", "rust", "zig")
PROGRAMS = 400
_OPERATIONS = "i32.add i32.sub i32.mul i32.xor i32.and i32.or i32.shl i32.shr_u i32.lt_s i32.eqz local.tee local.set".split()

MEASURED = """
import json, resource, sys
from pathlib import Path
from transpile.corpus.pipeline.splits import finish
manifest = finish(Path(sys.argv[1]), json.loads(Path(sys.argv[1], "names.json").read_text()), set, None, ("decode", "optimize", "fix"))
print(json.dumps({"kinds": manifest["kinds"], "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
"""


def made_up(folder: Path, pairs: int) -> None:
    """Raw shards with so many decode rows in `folder`."""
    rng = random.Random(pairs)
    raw = folder / "raw"
    raw.mkdir()
    names = []
    for number in range(-(-pairs // (PROGRAMS * len(LANGUAGES)))):
        rows = []
        for i in range(PROGRAMS):
            known = rng.random() < 0.2
            for language in LANGUAGES:
                seed = rng.randrange(1000) if known else rng.randrange(1 << 60)
                own = random.Random(f"{seed} {language}")
                wat = "func i32 i32 -> i32 ; " + " ".join(f"{own.choice(_OPERATIONS)} i32.const {own.randrange(1 << 31)}" for _ in range(45))
                body = " ".join(f"v{own.randrange(9)} = v{own.randrange(9)} + {own.randrange(1 << 16)} ;" for _ in range(14)) + " }"
                rows.append(
                    FunctionPair(
                        f"generated/{number}/{i}",
                        language,
                        "f0",
                        "int32_t f0 ( int32_t p0 ) {",
                        body,
                        wat,
                        "{}",
                        "[]",
                        "2",
                        "cc 1",
                        "generated",
                        "Apache-2.0",
                        "train",
                    )
                )
        name = f"generated/{number}"
        names.append(name)
        stem = raw / name.replace("/", "-")
        write_shard(stem.with_suffix(".parquet"), rows)
        write_shard(
            stem.with_suffix(".optimize.parquet"), [extended(r, OptimizePair, to_level="3", to_wat=r.wat, fuel=2, to_fuel=1, inputs=8) for r in rows]
        )
        broken = [extended(r, FixPair, mistake="none", broken=r.body, fixed=r.body, diagnostics="[]", checker="cc 1") for r in rows]
        write_shard(stem.with_suffix(".fix.parquet"), broken)
        write_shard(stem.with_suffix(".lint.parquet"), [extended(r, LintPair, **{k: getattr(r, k) for k in _MORE}) for r in broken[:10]])
        stem.with_suffix(".json").write_text("{}")
    (folder / "names.json").write_text(json.dumps(names))


_MORE = ("mistake", "broken", "fixed", "diagnostics", "checker")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, nargs="+", default=[50_000, 200_000])
    arguments = parser.parse_args()
    peaks = {}
    for pairs in arguments.pairs:
        with tempfile.TemporaryDirectory() as folder:
            made_up(Path(folder), pairs)
            done = subprocess.run([sys.executable, "-c", MEASURED, folder], capture_output=True, text=True, check=True)
        found = json.loads(done.stdout.splitlines()[-1])
        peaks[pairs] = found["peak"]
        print(f"{pairs:,} pairs in, rows out {found['kinds']}: {found['peak'] / 1e6:.0f} MB", file=sys.stderr)
    first, last = min(peaks), max(peaks)
    report: dict = {"peak_mb": {str(n): round(peak / 1e6) for n, peak in peaks.items()}}
    if last > first:
        each = (peaks[last] - peaks[first]) / (last - first)
        report |= {"bytes_per_pair": round(each), "million_pairs_mb": round((peaks[last] + each * (1_000_000 - last)) / 1e6)}
    print(json.dumps(report))


if __name__ == "__main__":
    main()
