"""Share of loop-free integer functions of at most 40 instructions that get a proof or a counterexample, and the time it takes.

Pairs are the C function at -O2 against its Rust, Zig and C++ versions, against itself at -Os and -O0 (hand-written and generated ones), and
against mutants of itself, which the judge's inputs may tell apart. Identical texts are decided, but not asked: the times are the solver's.
Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from statistics import median

from transpile.corpus.batch import Compiled, compile_batch
from transpile.corpus.generator import generate
from transpile.corpus.language import language
from transpile.corpus.pipeline.build import NATURAL, natural_functions
from transpile.corpus.signature import Signature
from transpile.corpus.wasm.module import WasmFunction
from transpile.verify import proof
from transpile.verify.identical import same_text
from transpile.verify.judge import Jury
from transpile.verify.mutate import mutants
from transpile.verify.thin import parsed, reachable, thin
from transpile.verify.types import Executable

LANGUAGES = ("c", "cpp", "rust", "zig")


def small_and_simple(function: WasmFunction) -> bool:
    """No loops and no floats, in the function and its callees, and at most 40 instructions of its own."""
    if len(function.instructions) > 40:
        return False
    names = [name for f in reachable(function.module, function.name) for name, _, _ in f.instructions]
    return not any(name == "loop" or name[0] == "f" or "_f" in name for name in names)


def functions(stems: list[str], count: int, seed: int) -> dict[str, dict[str, tuple[Executable, Signature]]]:
    """Executables by function and version (a language, or C at another level)."""
    out: dict[str, dict[str, tuple[Executable, Signature]]] = {}
    sources = {f"{stem}/{name}": dict(versions) for stem in stems for name, versions in natural_functions(stem)}
    for number, program in enumerate(generate(seed, count)):
        sources[f"generated/{number}"] = {name: language(name).render(program) for name in LANGUAGES}
    for version, tongue, level in (*((name, name, "2") for name in LANGUAGES), ("c -Os", "c", "s"), ("c -O0", "c", "0")):
        there = [name for name, versions in sources.items() if tongue in versions]
        done = compile_batch(language(tongue), [sources[name][tongue] for name in there], level=level)
        for name, compiled in zip(there, done, strict=True):
            if isinstance(compiled, Compiled):
                out.setdefault(name, {})[version] = Executable(compiled.wasm, compiled.export), sources[name][tongue].signature
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("topics", nargs="*", help="topic stems; all by default")
    parser.add_argument("--generated", type=int, default=300)
    parser.add_argument("--mutants", type=int, default=3, help="mutants of each function")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--details", action="store_true", help="name what is left open")
    arguments = parser.parse_args()
    stems = arguments.topics or sorted(p.stem for p in NATURAL.glob("*.c"))
    counts: Counter[str] = Counter()
    seconds: list[float] = []
    open_: list[str] = []
    for name, versions in functions(stems, arguments.generated, arguments.seed).items():
        if "c" not in versions:
            continue
        original, signature = versions.pop("c")
        left = parsed(original.wasm).function(original.export)
        if not small_and_simple(left):
            continue
        counts["functions"] += 1
        jury = Jury(original, signature)
        mutated = {f"mutant {m.what}": (m.executable, signature) for m in mutants(thin(original), arguments.mutants, arguments.seed)}
        for version, (other, _) in (versions | mutated).items():
            right = parsed(other.wasm).function(other.export)
            if left.type != right.type or not small_and_simple(right):
                continue
            if same_text(left, right, signature=signature):
                counts["identical"] += 1
                continue
            if version in mutated and jury.judge(other).status == "mismatch":
                counts["told apart by inputs"] += 1
                continue
            counts["asked"] += 1
            started = time.process_time()
            answer = proof.prove(left, right, signature)
            seconds.append(time.process_time() - started)
            found = "proved" if answer.proved else "counterexample" if answer.arguments is not None else "open"
            counts[found] += 1
            if found == "open":
                open_.append(f"{name} {version}")
    decided = sum(counts[one] for one in ("identical", "told apart by inputs", "proved", "counterexample"))
    report = {
        **counts,
        "decided": round(decided / max(1, decided + counts["open"]), 4),
        "median_ms": round(1000 * median(seconds), 2) if seconds else None,
        "slowest_ms": round(1000 * max(seconds), 1) if seconds else None,
    }
    if arguments.details:
        report["open_pairs"] = open_
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
