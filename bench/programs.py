"""What `transpile` makes of whole programs of the kinds that people have: `tests/programs/`, written for this, no model asked unless told to.

Prints one JSON object a target language: functions and how many are verified, by file; by verdict; and of what is not verified the reasons, most
frequent first. `--details FILE` writes a line for each function.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from pathlib import Path

from transpile.corpus.errors import TranspileError
from transpile.corpus.language import language
from transpile.corpus.program import load
from transpile.serve.decoder import CTranslate2Decoder
from transpile.serve.lifter import Lifter
from transpile.serve.transpiler import Options, Translation, transpile

PROGRAMS = Path(__file__).parents[1] / "tests" / "programs"


def reason(one: Translation) -> str:
    """Why a function is not verified, without the names and numbers that are its own."""
    verdict = one.verdict
    if verdict.status == "compile_error":
        return f"compile_error: {re.sub(r'`.*?`', '..', verdict.evidence.splitlines()[0] if verdict.evidence else '')[:80]}"
    if verdict.status == "mismatch":
        return f"mismatch{': ' + verdict.detail.split(',')[0] if verdict.detail.startswith('only') else ''}"
    return f"{verdict.status}: {re.sub(r'calls [^:]*', 'calls ..', verdict.evidence)[:100]}"


def measure(files: list[Path], to: str, options: Options, decoder: CTranslate2Decoder | None, details: list[dict]) -> dict:
    by_file: dict[str, str] = {}
    statuses: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    verified = functions = 0
    started = time.monotonic()
    for path in files:
        try:
            program = load(path, checked=True, as_written=True)
        except TranspileError as error:
            by_file[path.name] = error.message
            continue
        found = transpile(program, language(to), decoder, options, lifter=Lifter(program))
        good = [t for t in found if t.verdict.verified]
        verified, functions = verified + len(good), functions + len(found)
        by_file[path.name] = f"{len(good)} of {len(found)}"
        statuses.update(t.verdict.status for t in found)
        reasons.update(reason(t) for t in found if not t.verdict.verified)
        details += [
            {"file": path.name, "to": to, "name": t.name, "status": t.verdict.status, "evidence": t.verdict.evidence, "detail": t.verdict.detail}
            for t in found
        ]
        print(f"{to}: {path.name}: {by_file[path.name]}", file=sys.stderr, flush=True)
    return {
        "target": to, "functions": functions, "verified": verified, "share": round(verified / max(functions, 1), 3), "by_file": by_file,
        "by_status": dict(statuses.most_common()), "reasons": dict(reasons.most_common()), "seconds": round(time.monotonic() - started, 1),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="*", help="instead of all of tests/programs/")
    parser.add_argument("--to", action="append", help="target language; may be repeated; default: rust")
    parser.add_argument("--engine", choices=("all", "lifter"), default="lifter")
    parser.add_argument("--inputs", type=int, default=Options().inputs)
    parser.add_argument("--details", type=Path)
    arguments = parser.parse_args()
    decoder = CTranslate2Decoder(None) if arguments.engine == "all" else None
    files = arguments.files or sorted(p for p in PROGRAMS.iterdir() if p.is_file())
    details: list[dict] = []
    for to in arguments.to or ["rust"]:
        print(json.dumps(measure(files, to, Options(inputs=arguments.inputs), decoder, details), ensure_ascii=False), flush=True)
    if arguments.details:
        arguments.details.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in details))


if __name__ == "__main__":
    main()
