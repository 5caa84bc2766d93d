"""Functions per second: batched compiling against one compiler process a function, the same functions, the same machine, the same run.

Prints one JSON object with both rates and their ratio by language and over all. The baseline compiles a sample of the same generated programs one by one.
Both include linking, parsing the module and writing canonical WAT. One process, so that the ratio is of the method and not of the cores.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter

from transpile.corpus.generator import generate
from transpile.corpus.language import languages
from transpile.corpus.pipeline.build import compile_pairs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=400)
    parser.add_argument("--single", type=int, default=12, help="functions compiled one by one")
    parser.add_argument("--seed", type=int, default=5)
    arguments = parser.parse_args()
    programs = list(generate(arguments.seed, arguments.programs))
    report: dict[str, dict[str, float]] = {}
    batch_seconds = single_seconds = 0.0
    for name, tongue in languages().items():
        sources = [tongue.render(p) for p in programs]

        def work(chosen: list, tongue=tongue) -> float:
            started = time.perf_counter()
            groups = [str(i) for i in range(len(chosen))]
            list(compile_pairs(tongue, groups, ["f0"] * len(chosen), chosen, "bench", "none", Counter()))
            return (time.perf_counter() - started) / len(chosen)

        work(sources[:1])  # the runtime object and the core library are made at first use
        batch = work(sources)
        single = sum(work([s]) for s in sources[: arguments.single]) / arguments.single
        batch_seconds += batch
        single_seconds += single
        report[name] = {
            "batch_per_second": round(1 / batch, 1),
            "single_per_second": round(1 / single, 1),
            "ratio": round(single / batch, 1),
        }
    total = len(report)
    report["all"] = {
        "batch_per_second": round(total / batch_seconds, 1),
        "single_per_second": round(total / single_seconds, 1),
        "ratio": round(single_seconds / batch_seconds, 1),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
