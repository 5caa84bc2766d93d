"""How much of real C the judge can drive: functions whose types are more than numbers and pointers to them, compiled at one level against another.

    corpus build --source REPOSITORY ... --out DIR && python bench/wide_types.py DIR --limit 300

Both sides are one source, so a mismatch is the judge's fault, unless the source leaves it to the compiler what happens: most of that is noticed by
the same source compiled with checks (`verify.guard`; `--unguarded` goes without), the rest is listed, to be looked at. Prints one JSON object:
functions, the share judged, by verdict, why others were not, by kind of type, processor seconds a function.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from pathlib import Path

from transpile.corpus.batch import Compiled, compile_batch
from transpile.corpus.language import language
from transpile.corpus.pairs import FunctionPair, read_corpus, read_signature, source_function
from transpile.corpus.signature import Signature, is_address
from transpile.verify.judge import Jury
from transpile.verify.types import VERIFIED, Executable

_BATCH = 40


def kinds(signature: Signature) -> list[str]:
    """What makes a signature wide."""
    out = set()
    types = [p.whole for p in signature.parameters] + ([signature.result] if signature.result else [])
    fields = [t for s in signature.structs for _, t in s.fields]
    if signature.result is not None and is_address(signature.result):
        out.add("pointer result")
    if any(signature.struct(t) for t in types):
        out.add("struct by value")
    if any("fn(" in t for t in (*types, *fields)):
        out.add("pointer to a function")
    if any(t.count("*") > 1 for t in types):
        out.add("pointer to a pointer")
    if any(t.startswith("*") and "void" in t for t in types):
        out.add("pointer to void")
    if any("*" in t for t in fields):
        out.add("pointers in a struct")
    if any("[" in t for t in fields):
        out.add("arrays in a struct")
    if any(signature.struct(t) for t in fields):
        out.add("nested struct")
    return sorted(out) or ["other"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--limit", type=int, default=300)
    parser.add_argument("--inputs", type=int, default=1024)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--levels", nargs=2, default=["0", "2"], metavar=("ORIGINAL", "OTHER"), help="0, 1, 2, s or 3")
    parser.add_argument("--unguarded", action="store_true", help="without the checked code")
    parser.add_argument("--plain", action="store_true", help="functions of plain types instead")
    parser.add_argument("--details", type=Path, help="write a line for each function")
    arguments = parser.parse_args()
    pairs = [p for p in read_corpus(arguments.corpus) if p.language == "c" and p.origin.count("@") and not p.origin.endswith("#lifted")]
    wide = {p.wat + p.body: p for p in pairs if read_signature(p.signature).plain == arguments.plain}
    chosen = list(wide.values())
    random.Random(arguments.seed).shuffle(chosen)
    chosen = chosen[: arguments.limit]
    verdicts: Counter[str] = Counter()
    why: Counter[str] = Counter()
    by_kind: dict[str, Counter[str]] = {}
    rejected, rows = [], []
    started = time.process_time()
    for at in range(0, len(chosen), _BATCH):
        for pair, row in zip(chosen[at : at + _BATCH], judged(chosen[at : at + _BATCH], arguments), strict=True):
            verdicts[row["status"]] += 1
            if row["status"] == "inconclusive":
                why[row["evidence"] + (f": {row['detail']}" if row["evidence"].startswith("types") else "")] += 1
            for kind in kinds(read_signature(pair.signature)):
                by_kind.setdefault(kind, Counter())["judged" if row["status"] in VERIFIED | {"mismatch"} else "not"] += 1
            rows.append({"name": pair.name, "origin": pair.origin, **row})
            if row["status"] == "mismatch":
                rejected.append(rows[-1])
    if arguments.details:
        arguments.details.write_text("".join(json.dumps(row) + "\n" for row in rows))
    compiled = len(rows) - verdicts["does not compile"]
    share = sum(n for status, n in verdicts.items() if status in VERIFIED | {"mismatch"}) / max(1, compiled)
    print(json.dumps({
        "wide_functions_of_the_corpus": len(wide), "of_all_c": len(pairs), "functions": compiled, "judged": round(share, 3), "verdicts": dict(verdicts),
        "not_judged": dict(why.most_common(12)), "by_kind": {k: dict(v) for k, v in sorted(by_kind.items())},
        "seconds_a_function": round((time.process_time() - started) / max(1, len(rows)), 3), "rejected": rejected,
    }, indent=2))  # fmt: skip


def judged(pairs: list[FunctionPair], arguments: argparse.Namespace) -> list[dict]:
    """The verdict on each function at one level, against itself at another. Texts are not compared, so that every verdict comes of running them."""
    tongue = language("c")
    sources = [source_function(p) for p in pairs]
    sides = [compile_batch(tongue, sources, level=level) for level in (*arguments.levels, tongue.checked)]
    out = []
    for source, original, other, checked in zip(sources, *sides, strict=True):
        if not isinstance(original, Compiled) or not isinstance(other, Compiled):
            out.append({"status": "does not compile", "evidence": "", "detail": ""})
            continue
        guard = Executable(checked.wasm, checked.export) if isinstance(checked, Compiled) and not arguments.unguarded else None
        jury = Jury(Executable(original.wasm, original.export, guard=guard), source.signature, inputs=arguments.inputs, normal_form=None)
        verdict = jury.judge(Executable(other.wasm, other.export))
        out.append({"status": verdict.status, "evidence": verdict.evidence, "detail": verdict.detail, "set_aside": verdict.set_aside,
                    "coverage": verdict.coverage})  # fmt: skip
    return out


if __name__ == "__main__":
    main()
