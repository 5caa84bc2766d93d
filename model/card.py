"""The model card of an exported checkpoint: what it was trained on, for how long, what it scores, and the commands that say so again.

Nothing in it is typed by hand: sizes come from the checkpoint, data from the corpora and their manifests, training from the metrics, scores from the
JSON lines that `model eval` printed.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from transpile.corpus.errors import TranspileError
from transpile.corpus.pairs import read_corpus

_HEAD = """---
license: apache-2.0
library_name: transformers
pipeline_tag: translation
tags: [webassembly, decompilation, transpilation]
---

# transpile, preset {preset}

Reads the canonical WAT of one function and writes the function in C, C++, Zig or Rust. An encoder-decoder of {parameters:.1f} M parameters
(`M2M100ForConditionalGeneration`, {encoder_layers} + {decoder_layers} layers of width {width}), trained from scratch. The folder holds the
float16 weights for transformers and vLLM, and `ctranslate2/` with int8 weights, which the command line uses.

What it writes is a guess until it has been recompiled and judged: use it through `transpile`, which does both.
"""


def write_card(checkpoint: Path, run: Path, corpora: list[Path], figures: Path, preset: str) -> str:
    """The card's text; raises TranspileError where one of its sources is missing."""
    for path in (checkpoint / "config.json", run / "metrics.jsonl", figures, *(c / "manifest.json" for c in corpora)):
        if not path.exists():
            raise TranspileError(f"no {path}", hint="the card needs an exported checkpoint, its run, its corpora and the output of `model eval`")
    config = json.loads((checkpoint / "config.json").read_text())
    last = json.loads((run / "metrics.jsonl").read_text().splitlines()[-1])
    reports = [json.loads(line) for line in figures.read_text().splitlines() if line.strip()]
    parts = [
        _HEAD.format(
            preset=preset,
            parameters=_parameters(config) / 1e6,
            encoder_layers=config["encoder_layers"],
            decoder_layers=config["decoder_layers"],
            width=config["d_model"],
        )
    ]
    parts.append("## Data\n")
    real = _real_sources(corpora)
    parts.append("Generated programs and hand-written functions of this repository (Apache-2.0), compiled in every language")
    if real:
        parts[-1] += ", and functions of public C code with permissive licences, as they are and lifted into the other languages by rules (below)"
    parts[-1] += ".\n"
    parts.append("| corpus | pairs | training | held out by skeleton | hand-written, held out by name |\n|---|---|---|---|---|")
    for corpus in corpora:
        manifest = json.loads((corpus / "manifest.json").read_text())
        by = {s: sum(n for k, n in manifest["splits"].items() if k.startswith(s + "/")) for s in ("train", "novel", "natural")}
        parts.append(f"| {corpus.name} | {manifest['pairs']:,} | {by['train']:,} | {by['novel']:,} | {by['natural']:,} |")
    compilers = json.loads((corpora[-1] / "manifest.json").read_text())["compilers"]
    parts.append("\nCompilers: " + ", ".join(f"{name} {version}" for name, version in compilers.items()) + ".\n")
    parts.append(
        "Functions that match a fingerprint of a public benchmark (`corpus/pipeline/decontamination.py`) were dropped, as were training programs whose "
        "skeleton (WAT without its numbers) is that of a held-out function.\n"
    )
    if real:
        parts.append("| public source, revision | licence | training pairs |\n|---|---|---|")
        parts += [f"| {source} | {licence} | {count:,} |" for (source, licence), count in sorted(real.items())]
        parts.append("")
    parts.append("## Training\n")
    parts.append(
        f"{last['step']:,} steps, {last['tokens'] / 1e6:.0f} M tokens (encoder and decoder together, without padding), {last['minutes']:.0f} minutes. "
        "Metrics are in `metrics.jsonl`, drawn in `loss.png`.\n"
    )
    parts.append("## Scores\n")
    parts.append("Share of functions of which a candidate was verified: recompiled and shown identical, proved, or no difference found.\n")
    parts.append("| functions | from | to | number | candidates | verified | first candidate alone | candidates that compile |")
    parts.append("|---|---|---|---|---|---|---|---|")
    names = {"novel": "novel generated", "natural": "hand-written, never trained on", "train": "seen in training"}
    for r in reports:
        parts.append(
            f"| {names[r['split']]} | {r['source']} | {r['target']} | {r['functions']} | {r['candidates_per_function']} | {100 * r['verified']:.1f} % | "
            f"{100 * r['greedy']:.1f} % | {100 * r['candidates_that_compile']:.1f} % |"
        )
    parts.append("\nEach row is one line of `figures.jsonl`; the command of a row:\n")
    parts.append("```")
    parts.append("corpus build --out DIR --programs 26000 --seed 3")
    parts.append("model eval CHECKPOINT DIR --split SPLIT --source FROM --target TO --functions NUMBER --candidates N")
    parts.append("```")
    return "\n".join(parts) + "\n"


def _real_sources(corpora: list[Path]) -> Counter[tuple[str, str]]:
    """Training pairs of real code by (repository and revision, licence)."""
    found: Counter[tuple[str, str]] = Counter()
    for corpus in corpora:
        if list(corpus.glob("part-*.parquet")):
            for pair in read_corpus(corpus):
                if pair.split == "train" and "@" in pair.origin:
                    found[pair.origin.partition(":")[0].replace("@", " "), pair.licence] += 1
    return found


def _parameters(config: dict) -> int:
    """Number of weights, tied embeddings once."""
    width, wide = config["d_model"], config["encoder_ffn_dim"]
    attention, feed_forward, norm = 4 * (width * width + width), 2 * width * wide + wide + width, 2 * width
    encoder = config["encoder_layers"] * (attention + feed_forward + 2 * norm) + norm
    decoder = config["decoder_layers"] * (2 * attention + feed_forward + 3 * norm) + norm
    return config["vocab_size"] * width + encoder + decoder
