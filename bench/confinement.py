"""What it costs to keep compilers in their place: batches compiled within bubblewrap and without it, by turns, on the same machine in the same run.

Prints one JSON object: functions a second with and without, and their ratio, by language. The limits and the minimal environment are there in both.
"""

from __future__ import annotations

import argparse
import json
import time

from transpile.corpus import confine
from transpile.corpus.batch import compile_batch
from transpile.corpus.generator import generate
from transpile.corpus.language import languages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    if confine.bubblewrap() is None:
        raise SystemExit("error: bubblewrap is not installed\nhint: apt-get install bubblewrap")
    programs = list(generate(5, arguments.programs))
    works = confine._works
    report: dict[str, dict[str, float]] = {}
    for name, tongue in languages().items():
        sources = [tongue.render(p) for p in programs]
        compile_batch(tongue, sources[:1])  # the runtime object and the core library are made at first use
        best = {"with": 1e9, "without": 1e9}
        for _ in range(arguments.rounds):
            for how in best:
                confine._works = works if how == "with" else lambda *_: False
                started = time.perf_counter()
                compile_batch(tongue, sources)
                best[how] = min(best[how], time.perf_counter() - started)
        report[name] = {f"{how}_per_second": round(len(sources) / seconds, 1) for how, seconds in best.items()}
        report[name]["ratio"] = round(best["without"] / best["with"], 3)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
