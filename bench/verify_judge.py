"""What it costs to judge one candidate: hand-written C functions against their Rust versions, 1,024 inputs with coverage.

Prints one JSON object: median and 90th percentile in ms, of studying the original and of judging the candidate, without what wasmtime's compiler takes,
which is given apart, and with it ("all"): of the processor time, and by the clock, which on a busy machine is more. Compiled batches are parsed
beforehand, as they are wherever many functions are judged, and garbage is looked for as in the workers of `verify run`.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter

import numpy as np
import wasmtime

from transpile.corpus.batch import Compiled, compile_batch
from transpile.corpus.language import language
from transpile.corpus.pipeline.build import NATURAL, natural_functions
from transpile.verify.judge import Jury
from transpile.verify.originals import of_sources
from transpile.verify.parallel import collect_seldom
from transpile.verify.reference import target
from transpile.verify.thin import parsed
from transpile.verify.types import Executable


def now() -> np.ndarray:
    """Seconds of processor time, and by the clock."""
    return np.array([time.process_time(), time.perf_counter()])


class Compiler:
    """Adds up the time that wasmtime's compiler takes."""

    def __init__(self) -> None:
        self.seconds = np.zeros(2)
        original = wasmtime.Module.__init__

        def timed(module: wasmtime.Module, *arguments: object) -> None:
            started = now()
            original(module, *arguments)
            self.seconds += now() - started

        wasmtime.Module.__init__ = timed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--functions", type=int, default=100)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--guarded", action="store_true", help="with the checked build of the C original, as in `verify run` of files in C")
    arguments = parser.parse_args()
    versions = {f"{stem}/{name}": v for stem in sorted(p.stem for p in NATURAL.glob("*.c")) for name, v in natural_functions(stem)}
    names = sorted(name for name, v in versions.items() if "c" in v and "rust" in v)
    random.Random(arguments.seed).shuffle(names)
    names = names[: arguments.functions]
    compiled = {tongue: compile_batch(language(tongue), [versions[n][tongue] for n in names]) for tongue in ("c", "rust")}
    guards = of_sources([versions[n]["c"] for n in names]) if arguments.guarded else [None] * len(names)
    for one in (*compiled["c"], *compiled["rust"]):
        if isinstance(one, Compiled):
            parsed(one.wasm)
    collect_seldom()
    compiler, statuses = Compiler(), Counter()
    rows = []
    for name, original, guarded, other in zip(names, compiled["c"], guards, compiled["rust"], strict=True):
        if not isinstance(original, Compiled) or not isinstance(other, Compiled):
            continue
        signature = versions[name]["c"].signature
        candidate = Executable(other.wasm, other.export)
        target(candidate, signature)
        compiler.seconds[:], started = 0, now()
        jury = Jury(Executable(original.wasm, original.export, guard=guarded.guard if guarded else None), signature)
        assert jury.reference.layout is not None
        studied, compiling = now(), compiler.seconds.copy()
        statuses[jury.judge(candidate).status] += 1
        judged = now()
        study, judge = studied - started - compiling, judged - studied - compiler.seconds + compiling
        rows.append((study, judge, study + judge, compiler.seconds.copy(), judged - started))
    table = 1000 * np.array(rows)
    report = {"functions": len(rows), "verdicts": dict(statuses)}
    for k, label in enumerate(("study", "judge", "study and judge", "compiling", "all")):
        report[label] = {
            how: {"median_ms": round(float(np.median(table[:, k, c])), 2), "p90_ms": round(float(np.quantile(table[:, k, c], 0.9)), 2)}
            for c, how in enumerate(("processor", "clock"))
        }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
