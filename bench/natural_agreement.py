"""Judges the hand-written functions against each other: Rust, Zig and C++ versions against C, with the project's own judge.

Prints one JSON object: functions, verdicts by language, and every disagreement. A benchmark of the corpus and of the judge at once: what is
written to be equal must not be rejected.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter

from transpile.corpus.batch import Compiled, compile_batch
from transpile.corpus.language import language
from transpile.corpus.pipeline.build import NATURAL, natural_functions
from transpile.verify.judge import Jury
from transpile.verify.originals import of_sources
from transpile.verify.types import Executable


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("topics", nargs="*", help="topic stems; all by default")
    parser.add_argument("--inputs", type=int, default=256)
    arguments = parser.parse_args()
    counts: Counter[str] = Counter()
    disagreements = []
    for stem in arguments.topics or sorted(p.stem for p in NATURAL.glob("*.c")):
        versions = dict(natural_functions(stem))
        compiled = {}
        for name in ("c", "cpp", "rust", "zig"):
            there = [f for f, v in versions.items() if name in v]
            compiled[name] = dict(zip(there, compile_batch(language(name), [versions[f][name] for f in there]), strict=True))
        originals = dict(zip(compiled["c"], of_sources([versions[f]["c"] for f in compiled["c"]]), strict=True))
        for function, original in originals.items():
            counts["functions"] += 1
            if original is None:
                disagreements.append(f"{stem}/{function} c: {compiled['c'][function].message}")
                continue
            signature = versions[function]["c"].signature
            jury = Jury(original, signature, inputs=arguments.inputs)
            for name in ("cpp", "rust", "zig"):
                other = compiled[name].get(function)
                if not isinstance(other, Compiled):
                    counts[f"{name} missing"] += 1
                    disagreements.append(f"{stem}/{function} {name}: {other.message if other else 'not read'}")
                    continue
                verdict = jury.judge(Executable(other.wasm, other.export))
                counts[f"{name} {verdict.status}"] += 1
                if not verdict.verified:
                    disagreements.append(f"{stem}/{function} {name}: {verdict.status} {verdict.evidence} {verdict.detail}")
    print(json.dumps({"counts": dict(sorted(counts.items())), "disagreements": disagreements}, indent=1))


if __name__ == "__main__":
    main()
