"""Real C functions of a corpus, lifted by rules into another language, compiled and judged: how far the rules reach beyond our own code.

    corpus build --source REPOSITORY ... --out DIR && python bench/real_functions.py DIR --split real --to rust

`--split real` are functions of repositories that nothing was trained on. Prints one JSON object: functions, share verified, by verdict, and why
functions were out of reach. Functions that call others, and those whose signature the judge can't drive, are counted apart.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from functools import partial
from pathlib import Path

from transpile.corpus import ir
from transpile.corpus.batch import Compiled, compile_with_repairs
from transpile.corpus.language import language
from transpile.corpus.lifting import NotLiftable, lift, lift_pointers
from transpile.corpus.pairs import read_corpus, source_function
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import canonical_text
from transpile.verify.judge import judge
from transpile.verify.originals import of_sources
from transpile.verify.types import Executable


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--split", default="real")
    parser.add_argument("--to", default="rust")
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--inputs", type=int, default=512)
    parser.add_argument("--details", type=Path)
    arguments = parser.parse_args()
    target = language(arguments.to)
    pairs = [p for p in read_corpus(arguments.corpus) if p.split == arguments.split and p.language == "c" and not p.origin.endswith("#lifted")]
    with_callees = [p for p in pairs if json.loads(p.callees)]
    pairs = [p for p in pairs if not json.loads(p.callees)]
    random.Random(0).shuffle(pairs)
    pairs = pairs[: arguments.limit]
    started = time.monotonic()
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    lines: list[dict] = []
    todo: list[tuple] = []
    sources = [source_function(p) for p in pairs]
    for pair, source, original in zip(pairs, sources, of_sources(sources), strict=True):
        if original is None:
            counts["original does not compile"] += 1
            continue
        texts: list[str] = []
        ways = [partial(lift, index_type=index_type) for index_type in ("index", "i32")] + ([lift_pointers] if target.pointers else [])
        for way in ways:
            try:
                texts.append(canonical_text(target.render(ir.Program(way(pair.wat, source.signature).function)).text))
            except (NotLiftable, ir.NotInLanguage) as error:
                reason = str(error)
        if not texts:
            counts["undecoded"] += 1
            reasons[reason[:60]] += 1
            lines.append({"group": pair.group, "status": "undecoded", "evidence": reason})
        else:
            todo.append((pair, original, source.signature, [SourceFunction(target.name, source.signature, t) for t in dict.fromkeys(texts)]))
    flat = [(i, one) for i, (*_, sources) in enumerate(todo) for one in sources]
    compiled: dict[int, list] = {}
    for (i, _), (source, result) in zip(flat, compile_with_repairs(target, [one for _, one in flat]), strict=True):
        compiled.setdefault(i, []).append((source, result))
    for i, (pair, original, signature, _) in enumerate(todo):
        good = [(s, r) for s, r in compiled[i] if isinstance(r, Compiled)]
        if not good:
            status, evidence, code = "compile_error", compiled[i][0][1].message, compiled[i][0][0].text
        else:
            verdicts = judge(original, [Executable(r.wasm, r.export) for _, r in good], signature, inputs=arguments.inputs, seed=0)
            best = next((k for k, v in enumerate(verdicts) if v.verified), 0)
            shown = verdicts[best].counterexample.text if verdicts[best].counterexample else verdicts[best].evidence
            status, evidence, code = verdicts[best].status, shown, good[best][0].text
        counts[status] += 1
        lines.append({"group": pair.group, "status": status, "evidence": evidence, "code": code})
    if arguments.details:
        arguments.details.write_text("".join(json.dumps(line) + "\n" for line in lines))
    verified = sum(counts[s] for s in ("identical", "proved", "tested"))
    judged = sum(counts.values()) - counts["original does not compile"]
    report = {
        "split": arguments.split,
        "target": target.name,
        "functions": judged,
        "verified": round(verified / max(judged, 1), 4),
        "by_status": dict(sorted(counts.items())),
        "out_of_reach": dict(reasons.most_common(12)),
        "with_callees_left_out": len(with_callees),
        "seconds": round(time.monotonic() - started, 1),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
