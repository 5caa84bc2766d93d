"""The model card of an exported checkpoint: what it was trained on, for how long, what it scores, and the commands that say so again.

Nothing in it is typed by hand: sizes come from the checkpoint, data from the corpora and their manifests, training from the metrics, scores from the
JSON lines that `model eval` printed.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from transpile.corpus.errors import TranspileError
from transpile.corpus.language import language
from transpile.corpus.pairs import read_corpus

_HEAD = """---
license: apache-2.0
library_name: transformers
pipeline_tag: translation
tags: [webassembly, decompilation, transpilation]
---

# transpile, preset {preset}

Reads the canonical WAT of one function and writes the function in {languages}.
An encoder-decoder of {parameters:.1f} M parameters (`M2M100ForConditionalGeneration`, {encoder_layers} + {decoder_layers} layers of width {width}),
trained from scratch. The folder holds the float16 weights for transformers and vLLM, and `ctranslate2/` with int8 weights, which the command line uses.

What it writes is a guess until it has been recompiled and judged: use it through `transpile`, which does both.
"""


NAMES = {
    "novel": "novel generated",
    "natural": "hand-written, never trained on",
    "real": "real, of repositories never trained on",
    "train": "seen in training",
}


def write_card(checkpoint: Path, run: Path, corpora: list[Path], figures: Path, preset: str, before: Path | None = None) -> str:
    """The card's text. `before`: what `model eval` printed for the checkpoint that shipped before, on the same functions.

    Raises TranspileError where one of its sources is missing.
    """
    for path in (checkpoint / "config.json", run / "metrics.jsonl", figures, *([before] if before else []), *(c / "manifest.json" for c in corpora)):
        if not path.exists():
            raise TranspileError(f"no {path}", hint="the card needs an exported checkpoint, its run, its corpora and the output of `model eval`")
    config = json.loads((checkpoint / "config.json").read_text())
    last = json.loads((run / "metrics.jsonl").read_text().splitlines()[-1])
    reports = [json.loads(line) for line in figures.read_text().splitlines() if line.strip()]
    earlier = {_row(r): r for r in map(json.loads, before.read_text().splitlines())} if before else {}
    parts = [
        _HEAD.format(
            preset=preset,
            languages=_listed([language(name).title for name in config["languages"]]),
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
        parts[-1] += ", and functions of public code with permissive licences, as they are and lifted into the other languages by rules (below)"
    parts[-1] += ".\n"
    parts.append("| corpus | pairs | training | held out by skeleton | hand-written, held out by name | held out by repository |\n|---|---|---|---|---|---|")
    for corpus in corpora:
        manifest = json.loads((corpus / "manifest.json").read_text())
        by = {s: sum(n for k, n in manifest["splits"].items() if k.startswith(s + "/")) for s in ("train", "novel", "natural", "real")}
        parts.append(f"| {corpus.name} | {manifest['pairs']:,} | " + " | ".join(f"{n:,}" for n in by.values()) + " |")
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
    if earlier:
        parts.append("`Before`: by the weights that shipped before these, on the same functions; empty where that was not taken.\n")
    parts.append(f"| functions | from | to | number | candidates | verified |{' before |' * bool(earlier)} first candidate alone | candidates that compile |")
    parts.append("|---" * (8 + bool(earlier)) + "|")
    for r in reports:
        then = earlier.get(_row(r))
        was = f" {100 * then['verified']:.1f} % |" if then else " |"
        parts.append(
            f"| {NAMES[r['split']]} | {r['source']} | {r['target']} | {r['functions']} | {r['candidates_per_function']} | {100 * r['verified']:.1f} % |"
            f"{was if earlier else ''} {100 * r['greedy']:.1f} % | {100 * r['candidates_that_compile']:.1f} % |"
        )
    parts.append("\nEach row is one line of `figures.jsonl`; the command of a row:\n")
    parts.append("```")
    parts.append("corpus build --out DIR --programs PROGRAMS --seed SEED    # real functions: corpus build --out DIR --named-sources")
    parts.append("model eval CHECKPOINT DIR --split SPLIT --source FROM --target TO --functions NUMBER --candidates N")
    parts.append("```")
    return "\n".join(parts) + "\n"


def _row(report: dict) -> tuple:
    """What two reports must have in common to be compared."""
    return tuple(report[key] for key in ("split", "source", "target", "functions", "candidates_per_function"))


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


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
