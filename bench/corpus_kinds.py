"""Rows per core-hour of each kind: decode, optimize, and fix with lint, all languages together and apart, from the generator's programs.

Processor time counts, of this process and all that it started, so that what else the machine does matters little. Duplicates within the programs are
not left out. Prints one JSON object; `core_hours_per_million` is what a million rows of a kind cost, decode rows that the others are made of not counted in.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Callable, Sequence

import psutil

from transpile.corpus.generator import generate
from transpile.corpus.language import compiler_versions, languages
from transpile.corpus.pairs import FunctionPair
from transpile.corpus.pipeline import build as pipeline
from transpile.corpus.pipeline.decontamination import benchmarks


def spent() -> float:
    """Seconds of processor time of this process and its children, those that have ended and those that live on."""
    own = os.times()
    alive = 0.0
    for child in psutil.Process().children(recursive=True):
        try:
            times = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        alive += times.user + times.system + times.children_user + times.children_system
    return own.user + own.system + own.children_user + own.children_system + alive


def measured(work: Callable[[], Sequence[FunctionPair]]) -> tuple[Sequence[FunctionPair], float]:
    before = spent()
    rows = work()
    return rows, spent() - before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--kinds", nargs="+", default=["decode", "optimize", "fix"])
    arguments = parser.parse_args()
    rows: Counter[tuple[str, str]] = Counter()
    seconds: Counter[tuple[str, str]] = Counter()
    drops: Counter[str] = Counter()
    there = compiler_versions()[0]

    def programs() -> list[pipeline.Versions]:
        made = enumerate(generate(arguments.seed, arguments.programs))
        versions = {str(i): {name: languages()[name].render(program) for name in there} for i, program in made}
        return list(pipeline.clean(versions, benchmarks(), drops).values())

    for name in there:  # what is made at first use: runtime objects, core libraries, long-lived compilers
        list(pipeline.compile_pairs(languages()[name], ["0"], ["f0"], [languages()[name].render(next(iter(generate(1, 1))))], "", "", drops))
    made, common = measured(programs)
    for name in there:
        tongue = languages()[name]

        def decode(name: str = name, tongue=tongue) -> list[FunctionPair]:
            groups = [f"bench/{i}" for i in range(len(made))]
            return list(pipeline.compile_pairs(tongue, groups, ["f0"] * len(made), [v[name] for v in made], "generated", "Apache-2.0", drops))

        pairs, took = measured(decode)
        rows["decode", name] = len(pairs)
        # Generating, rendering and looking for benchmarks is done for all languages at once.
        seconds["decode", name] = took + common / len(there)
        for kind in arguments.kinds:
            if kind != "decode":
                found, took = measured(lambda kind=kind, pairs=pairs: list(pipeline.derived(kind, pairs, benchmarks(), drops)))
                rows[kind, name], seconds[kind, name] = len(found), took
    report = {}
    for kind in arguments.kinds:
        each = {name: round(3600 * rows[kind, name] / seconds[kind, name]) for name in there}
        count, took = sum(rows[kind, name] for name in there), sum(seconds[kind, name] for name in there)
        report[kind] = {
            "rows": count,
            "per_core_hour": round(3600 * count / took),
            "core_hours_per_million": round(took / 3600 / count * 1e6, 2),
            "by_language": each,
        }
    report["generating_and_filtering_seconds_per_program"] = round(common / arguments.programs, 5)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
