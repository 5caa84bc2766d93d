"""What it costs to judge one candidate: hand-written C functions against their Rust versions, 1,024 inputs with coverage.

Prints one JSON object: median and 90th percentile of the processor time in ms, of studying the original and of judging the candidate, without
what wasmtime's compiler takes, which is given apart. Compiled batches are parsed beforehand, as they are wherever many functions are judged.
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
from transpile.verify.reference import target
from transpile.verify.thin import parsed
from transpile.verify.types import Executable


class Compiler:
    """Adds up the processor time that wasmtime's compiler takes."""

    def __init__(self) -> None:
        self.seconds = 0.0
        original = wasmtime.Module.__init__

        def timed(module: wasmtime.Module, *arguments: object) -> None:
            started = time.process_time()
            original(module, *arguments)
            self.seconds += time.process_time() - started

        wasmtime.Module.__init__ = timed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--functions", type=int, default=100)
    parser.add_argument("--seed", type=int, default=5)
    arguments = parser.parse_args()
    versions = {f"{stem}/{name}": v for stem in sorted(p.stem for p in NATURAL.glob("*.c")) for name, v in natural_functions(stem)}
    names = sorted(name for name, v in versions.items() if "c" in v and "rust" in v)
    random.Random(arguments.seed).shuffle(names)
    names = names[: arguments.functions]
    compiled = {tongue: compile_batch(language(tongue), [versions[n][tongue] for n in names]) for tongue in ("c", "rust")}
    compiler, statuses = Compiler(), Counter()
    rows = []
    for name, original, other in zip(names, compiled["c"], compiled["rust"], strict=True):
        if not isinstance(original, Compiled) or not isinstance(other, Compiled):
            continue
        signature = versions[name]["c"].signature
        candidate = Executable(other.wasm, other.export)
        target(candidate, signature)
        parsed(original.wasm), parsed(other.wasm)
        compiler.seconds, started = 0.0, time.process_time()
        jury = Jury(Executable(original.wasm, original.export), signature)
        assert jury.reference.layout is not None
        studied, compiling = time.process_time(), compiler.seconds
        statuses[jury.judge(candidate).status] += 1
        judged = time.process_time()
        rows.append((studied - started - compiling, judged - studied - compiler.seconds + compiling, compiler.seconds))
    table = 1000 * np.array(rows)
    total = table[:, :2].sum(axis=1)
    report = {"functions": len(rows), "verdicts": dict(statuses)}
    for label, column in (("study", table[:, 0]), ("judge", table[:, 1]), ("study and judge", total), ("compiling", table[:, 2])):
        report[label] = {"median_ms": round(float(np.median(column)), 2), "p90_ms": round(float(np.quantile(column, 0.9)), 2)}
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
