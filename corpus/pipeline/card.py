"""The data card of a corpus: README.md in the form of Hugging Face's dataset cards, with pictures of lengths, all counted from the shards.

A folder with its card is a dataset as it lies: the header names a configuration for each kind of rows. Invariant: nothing in the card is typed in, but for
what every corpus of this program has in common. Limit: the pictures need matplotlib, which `transpile[train]` brings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from transpile.corpus.errors import TranspileError
from transpile.corpus.language import languages
from transpile.corpus.pairs import KINDS, file_name
from transpile.corpus.pipeline.decontamination import benchmarks
from transpile.corpus.pipeline.summary import Summary, quantile, summarize

KIND_TEXT = {
    "decode": "a function in source and what it compiles to, as canonical WAT",
    "optimize": "a function's WAT at one level, a cheaper one of the same source, and the fuel of both",
    "fix": "code that does not compile, the compiler's messages, the code it was made from",
    "lint": "code that compiles with warnings, the warnings, the code without them",
}
SPLIT_TEXT = {
    "train": "for training",
    "novel": "generated programs held out by the hash of their shape",
    "natural": "hand-written functions held out by name",
    "real": "functions of repositories that no training function came from",
}
_SIZES = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B")
PICTURE = "lengths.png"


def write_card(folder: Path) -> Path:
    """Write README.md and its picture into a corpus. Raises TranspileError where there is no corpus, or no matplotlib."""
    summary = summarize(folder)
    draw_lengths(summary, folder / PICTURE)
    path = folder / "README.md"
    path.write_text(card(summary))
    return path


def draw_lengths(summary: Summary, path: Path) -> None:
    """Histograms of the words of WAT and of source by language, and of the fuel that is left."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise TranspileError("matplotlib is not installed", hint="pip install 'transpile[train]'") from None
    figure = Figure(figsize=(12, 3.6), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    for axes, words, title in ((left, summary.wat_words, "words of WAT"), (middle, summary.source_words, "words of source")):
        for name, values in sorted(words.items()):
            axes.hist(values, bins=range(0, 401, 10), histtype="step", label=languages()[name].title if name in languages() else name)
        axes.set_title(title)
        axes.set_xlim(0, 400)
        axes.set_ylabel("decode rows")
    if summary.wat_words:
        left.legend(frameon=False, fontsize="small")
    right.hist(summary.ratios, bins=[i / 25 for i in range(26)], color="tab:gray")
    right.set_title("fuel left after optimizing, share")
    right.set_ylabel("optimize rows")
    figure.savefig(path, dpi=110, metadata={"Software": None})


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; numbers with separators of thousands."""

    def line(cells: Sequence[object]) -> str:
        return "| " + " | ".join(f"{c:,}" if isinstance(c, int) else str(c) for c in cells) + " |"

    return "\n".join([line(head), "|" + "---|" * len(head), *map(line, rows)])


def header(summary: Summary) -> str:
    """The YAML header that the hub reads."""
    total = sum(summary.kinds.values())
    size = next((s for i, s in enumerate(_SIZES) if total < 1000 * 10**i), _SIZES[-1])
    licences = sorted({licence for _, licence in summary.origins})
    lines = ["---", "pretty_name: Functions, their WebAssembly, and what compilers say of them"]
    lines += [f"license: {licences[0].lower()}"] if len(licences) == 1 and licences[0] != "unknown" else ["license: other", "license_name: mixed"]
    lines += ["language:", "- code", "task_categories:", "- text-generation", "size_categories:", f"- {size}", "tags:"]
    lines += [f"- {tag}" for tag in ("code", "webassembly", "decompilation", "translation", "program-repair", "optimization")]
    lines += ["configs:"]
    for kind in KINDS:
        if summary.kinds[kind]:
            default = ["  default: true"] if kind == "decode" else []
            lines += [f"- config_name: {kind}", *default, f'  data_files: "{_pattern(kind)}"']
    return "\n".join([*lines, "---"])


def card(summary: Summary) -> str:
    """The whole README.md."""
    manifest = summary.manifest
    splits = [split for split in SPLIT_TEXT if any(s == split for _, _, s in summary.rows)]
    kinds = [kind for kind in KINDS if summary.kinds[kind]]
    by_licence: Counter[str] = Counter()
    for (_, licence), n in summary.origins.items():
        by_licence[licence] += n
    out = [
        header(summary),
        "\n# Functions, their WebAssembly, and what compilers say of them\n",
        "Rows made by compilers: every source that compiles is a pair, every way to compile it another, every message a label. Built by `corpus build` of "
        "`transpile`; this card by `corpus card`.\n",
        table(("kind", "rows", "what a row is"), [(kind, summary.kinds[kind], KIND_TEXT[kind]) for kind in kinds]),
        "\n## Reading it\n",
        "```python\nfrom datasets import load_dataset\n\n"
        'rows = load_dataset("parquet", data_files="part-*.parquet", split="train")   # kind decode; the column `split` says train, novel, ...\n```\n',
        f"Files by kind: {', '.join(f'`{_pattern(kind)}`' for kind in kinds)}; all have the same columns, so that they can be read together.\n",
        table(("column", "what it is"), _columns()),
        "\n## Rows by kind, language and split\n",
        table(
            ("kind", "language", *splits),
            [
                (kind, name, *(summary.rows[kind, name, split] for split in splits))
                for kind in kinds
                for name in sorted({n for k, n, _ in summary.rows if k == kind})
            ],
        ),
        "\n" + "\n".join(f"- {split}: {SPLIT_TEXT[split]}" for split in splits),
        "\n## Lengths\n",
        f"![lengths]({PICTURE})\n",
        table(("", "median", "95th percentile"), _lengths(summary)),
        "\n## Where it comes from\n",
        table(("source", "licence", "decode rows"), [(origin, licence, n) for (origin, licence), n in sorted(summary.origins.items())]),
        "\nBy licence: " + ", ".join(f"{licence} {n:,}" for licence, n in by_licence.most_common()) + ".",
        "\n## Compilers and tools\n",
        table(("language", "compiler"), sorted(manifest["compilers"].items())),
    ]
    if manifest.get("tools"):
        out += ["", table(("tool", "version"), [(name, version or "not installed: rows without it") for name, version in manifest["tools"].items()])]
    if summary.mistakes:
        out += ["\n## Mistakes of the fix rows\n", table(("mistake", "rows"), summary.mistakes.most_common())]
    out += [
        "\n## What was left out\n",
        table(("reason", "functions or rows"), sorted(manifest["dropped"].items(), key=lambda item: -item[1])),
        "\n## Benchmarks\n",
        f"Functions that match one of {len(benchmarks().sketches):,} functions of public benchmarks (HumanEval and MBPP in their forms, TransCoder, CodeGeeX, "
        "LLM4Decompile, WaDec, ExeBench's and CRUST-bench's tests), exactly or nearly, are not in any split, in any language; they are looked for under "
        f"every spelling of their types, and in the broken texts too. Left out for that: {manifest['dropped'].get('benchmark', 0):,}.",
    ]
    return "\n".join(out) + "\n"


def _pattern(kind: str) -> str:
    return f"{file_name(kind, 0).split('-')[0]}-*.parquet"


def _columns() -> list[tuple[str, str]]:
    from transpile.corpus import pairs

    lines = (pairs.__doc__ or "").split("Columns:\n\n")[1].split("\n\n")[0].splitlines()
    out: list[tuple[str, str]] = []
    for line in lines:
        words = line.split(None, 2)
        if line.startswith("    ") and not line.startswith("     "):
            out.append((f"`{words[0]}`", words[2].replace("|", "\\|")))
        else:
            out[-1] = (out[-1][0], f"{out[-1][1]}<br>{line.strip()}")
    return out


def _lengths(summary: Summary) -> list[tuple[str, object, object]]:
    rows: list[tuple[str, object, object]] = []
    for title, words in (("words of WAT", summary.wat_words), ("words of source", summary.source_words)):
        for name, values in sorted(words.items()):
            ordered = sorted(values)
            rows.append((f"{title}, {name}", quantile(ordered, 0.5), quantile(ordered, 0.95)))
    return rows
