"""Has the shipped model write candidates for functions of all languages, and keeps them as data for `verify self-test`.

Writes JSON lines (verify/candidates.jsonl by default): a function, the language it is translated to, the distinct candidates that compile. The judge
has no part in choosing them. Prints one JSON object with what was kept. Run again whenever the weights change.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from transpile.corpus.batch import Compiled, compile_batch, compile_with_repairs
from transpile.corpus.language import language, languages
from transpile.corpus.source import SourceFunction
from transpile.corpus.text import canonical_text
from transpile.corpus.wasm.module import WasmModule
from transpile.corpus.wasm.wat import canonical
from transpile.serve.decoder import CTranslate2Decoder, Request
from transpile.verify.subjects import CANDIDATES, Decoded, subjects

GROUP = 40
"""Functions whose candidates are compiled together."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--functions", type=int, default=400)
    parser.add_argument("--samples", type=int, default=10)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--out", type=Path, default=CANDIDATES)
    arguments = parser.parse_args()
    decoder = CTranslate2Decoder(arguments.checkpoint, threads=arguments.threads)
    counts: Counter[str] = Counter()
    targets = sorted(languages())
    lines: list[str] = []
    # A function that calls others needs their translations beside it; those are left to `transpile` itself.
    chosen = [s for s in subjects(arguments.functions, arguments.seed) if not s.source.callees]
    for start in range(0, len(chosen), GROUP):
        group = chosen[start : start + GROUP]
        for k, target in enumerate(targets):
            part = [s for i, s in enumerate(group) if i % len(targets) == k]
            kept = list(_decode(decoder, part, target, arguments.samples, arguments.seed))
            lines += [json.dumps(one.as_json(), separators=(",", ":")) for one in kept]
            counts[f"to {target}"] += sum(len(one.candidates) for one in kept)
        print(f"{min(start + GROUP, len(chosen))} of {len(chosen)} functions", file=sys.stderr, flush=True)
    arguments.out.write_text("".join(f"{line}\n" for line in lines))
    print(json.dumps({"functions": len(lines), "candidates": sum(counts.values()), **counts}))


def _decode(decoder: CTranslate2Decoder, part: list, target: str, samples: int, seed: int) -> list[Decoded]:
    writer = language(target)
    found: list[tuple] = []
    for subject in part:
        (compiled,) = compile_batch(language(subject.language), [subject.source])
        if isinstance(compiled, Compiled):
            read = canonical(WasmModule.parse(compiled.wasm).function(compiled.export))
            found.append((subject, read.text))
    requests = [Request(wat, target, canonical_text(writer.write_prelude(s.signature, []))) for s, wat in found]
    sources, owners = [], []
    for i, candidates in enumerate(decoder.decode(requests, samples=samples, seed=seed)):
        signature = found[i][0].signature
        header = canonical_text(writer.write_header(signature))
        for candidate in candidates:
            sources.append(SourceFunction(target, signature, f"{header} {candidate.code}"))
            owners.append(i)
    texts: list[list[str]] = [[] for _ in found]
    for owner, (fixed, result) in zip(owners, compile_with_repairs(writer, sources) if sources else [], strict=True):
        if isinstance(result, Compiled) and fixed.text not in texts[owner]:
            texts[owner].append(fixed.text)
    return [Decoded(s.name, s.source, target, tuple(t)) for (s, _), t in zip(found, texts, strict=True) if t]


if __name__ == "__main__":
    main()
