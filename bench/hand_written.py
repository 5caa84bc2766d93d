"""The whole of `transpile` on the hand-written functions that were never trained on: decoding, rules, repair, search, judge, as a user gets it.

Prints one JSON object: functions, share verified (in all, and by the engine whose candidate was chosen), by verdict, seconds a function.
`--engine model` is the model alone, with search around its near misses; `--engine lifter` the rules alone, without a model.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path

from transpile.corpus.language import language
from transpile.corpus.pipeline.build import NATURAL, held_out_names
from transpile.corpus.program import load
from transpile.serve.decoder import CTranslate2Decoder
from transpile.serve.lifter import Lifter
from transpile.serve.transpiler import Options, transpile


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", default="rust")
    parser.add_argument("--engine", choices=("all", "model", "lifter"), default="all")
    parser.add_argument("--candidates", type=int, default=Options().candidates)
    parser.add_argument("--budget", type=float, default=Options().budget)
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--details", type=Path)
    arguments = parser.parse_args()
    decoder = CTranslate2Decoder(arguments.checkpoint) if arguments.engine != "lifter" else None
    target = language(arguments.to)
    held_out = held_out_names()
    counts: Counter[str] = Counter()
    engines: Counter[str] = Counter()
    lines: list[dict] = []
    started = time.monotonic()
    for path in sorted(NATURAL.glob("*.c")):
        if not held_out & {f.name for f in language("c").read(path.read_text())}:
            continue
        program = load(path, checked=True, as_written=True)
        names = tuple(f.name for f in program.functions if f.name in held_out)
        if not names:
            continue
        options = Options(candidates=arguments.candidates, budget=arguments.budget, only=names)
        lifter = Lifter(program) if arguments.engine != "model" else None
        for t in transpile(program, target, decoder, options, lifter=lifter):
            if t.name not in names:
                continue  # a callee, taken along
            counts["functions"] += 1
            counts[t.verdict.status] += 1
            counts["verified"] += t.verdict.verified
            engines[t.engine] += t.verdict.verified
            counts["tried"] += t.tried
            counts["compiled"] += t.compiled
            lines.append({"name": t.name, "status": t.verdict.status, "evidence": t.verdict.evidence, "engine": t.engine, "seconds": round(t.seconds, 2)})
    if arguments.details:
        arguments.details.write_text("".join(json.dumps(line) + "\n" for line in lines))
    total = max(counts["functions"], 1)
    report = {
        "target": target.name,
        "functions": counts["functions"],
        "engine": arguments.engine,
        "candidates": arguments.candidates,
        "verified": round(counts["verified"] / total, 4),
        "verified_by_engine": {k: v for k, v in sorted(engines.items()) if v},
        "candidates_that_compile": round(counts["compiled"] / max(counts["tried"], 1), 4),
        "by_status": {k: v for k, v in sorted(counts.items()) if k not in ("functions", "verified", "tried", "compiled")},
        "seconds_per_function": round((time.monotonic() - started) / total, 2),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
