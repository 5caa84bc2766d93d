"""The command line `verify`: is a translation the same as its original?

stdout is data (a table, or JSON), stderr is for people. Exit 0: every function judged is equivalent; 1: some are not; 2: could not run.
"""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from transpile.corpus.console import application
from transpile.corpus.console import run as run_app

if TYPE_CHECKING:
    from transpile.verify.types import Verdict

app = application("Judge translations by what they do.")


@app.command()
def run(
    original: Annotated[Path, typer.Argument(help="The reference: a source file, .wasm or .wat.")],
    translated: Annotated[Path, typer.Argument(help="What should do the same: a source file, .wasm or .wat.")],
    function: Annotated[str | None, typer.Option(help="Judge this function only.")] = None,
    inputs: Annotated[int, typer.Option(help="Test vectors per function.", min=1)] = 4096,
    seed: Annotated[int, typer.Option(help="Seed of the test vectors.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Judge the functions that two files have in common, by name. `verify policy` says what counts as the same."""
    from transpile.corpus.console import progress_bar
    from transpile.verify.judge import Jury
    from transpile.verify.load import read_pairs
    from transpile.verify.types import Verdict

    found, missing = read_pairs(original, translated, function)
    verdicts: dict[str, Verdict] = {}
    with progress_bar("verify") as progress:
        for done, (name, pair) in enumerate(found.items()):
            progress(done, len(found), name)
            if pair.translated is None:
                verdicts[name] = Verdict("wrong_signature", evidence="cannot be called alike", detail=pair.problem)
            else:
                jury = Jury(pair.original, pair.signature, inputs=inputs, seed=seed)
                verdicts[name] = jury.judge(pair.translated)
    if function:
        missing = []
    options = {"inputs": inputs, "seed": seed}
    if as_json:
        print(json.dumps(_report(original, translated, verdicts, missing, options)))
    else:
        _table(verdicts)
        for name, verdict in verdicts.items():
            if not verdict.verified:
                print(f"reproduce {name}: {_command(original, translated, name, options)}", file=sys.stderr)
        if missing:
            print(f"not in {translated}: {', '.join(missing)}", file=sys.stderr)
    raise typer.Exit(0 if all(v.verified for v in verdicts.values()) else 1)


@app.command("self-test")
def self_test(
    functions: Annotated[int, typer.Option(help="Functions to measure on, of all languages.", min=1)] = 50,
    mutants: Annotated[int, typer.Option(help="Mutants of each function.", min=1)] = 8,
    inputs: Annotated[int, typer.Option(help="Test vectors per function: the judge's budget.", min=16)] = 1024,
    seed: Annotated[int, typer.Option(help="Seed of functions, mutants and vectors.")] = 0,
    effort: Annotated[float, typer.Option(help="Processor seconds a function for what checks the judge.", min=0.0)] = 1.0,
    only: Annotated[str, typer.Option(metavar="NAME", help="Measure on this function only, as a finding's command names it.")] = "",
    jobs: Annotated[int, typer.Option(help="Processes at once; 0: one a core.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure the judge: the share of wrong functions that it catches, and of right ones that it rejects.

    Exits 0 when the bars are met: 99 % of decidable mutants caught, at most 0.5 % of the accepted candidates wrong, no right function rejected.
    """
    from transpile.corpus.console import progress_bar
    from transpile.verify.parallel import cores
    from transpile.verify.self_test import Options, measure, meets_bars

    options = Options(functions, mutants, inputs, seed, effort, only)
    with progress_bar("self-test") as progress:
        report = measure(options, jobs or cores(), progress)
    if as_json:
        print(json.dumps(report))
    else:
        _show_self_test(report)
    raise typer.Exit(0 if meets_bars(report) else 1)


def _show_self_test(report: dict[str, Any]) -> None:
    def share(rate: float | None, part: int, whole: int) -> str:
        return f"{100 * rate:.2f} %  ({part:,} of {whole:,})" if rate is not None else "not measured"

    r = report
    print(f"functions          {r['functions']:,}  ({', '.join(f'{n} {name}' for name, n in r['languages'].items())})")
    print(f"mutants            {r['mutants']:,}: {r['killed']:,} caught, {r['missed']} missed, {r['equal_by_proof']} equal by proof,"
          f" {r['undecided']} that nothing decides, {r['inconclusive']} inconclusive")  # fmt: skip
    print(f"kill rate          {share(r['kill_rate'], r['killed'], r['killed'] + r['missed'])}")
    print(f"false accept rate  {share(r['false_accept_rate'], r['false_accepts'], r['candidates_accepted'])}")
    print(f"false reject rate  {share(r['false_reject_rate'], r['false_rejects'], r['pairs'])}")
    print(f"a candidate        {r['milliseconds_a_candidate']} ms on average; {r['seconds']:.0f} s in all")
    titles = {"survivors": "wrong, not caught", "false_accepted": "wrong, accepted", "false_rejected": "right, rejected",
              "unsound_proofs": "wrong, called equal by a proof", "failures": "not measured"}  # fmt: skip
    for key, title in titles.items():
        for one in r[key]:
            print(f"\n{title}: {one['function']}\n  {one['what']}\n  {one['verdict']}: {one['evidence']}", file=sys.stderr)
            if one["counterexample"]:
                print(f"  {one['means']}: {one['counterexample']}", file=sys.stderr)
            print(f"  reproduce: {one['command']}", file=sys.stderr)


@app.command()
def policy() -> None:
    """Print what counts as the same behaviour."""
    from transpile.verify.policy import TEXT

    print(TEXT)


def _command(original: Path, translated: Path, name: str, options: dict[str, int]) -> str:
    words = ["verify", "run", str(original), str(translated), "--function", name]
    for option, value in options.items():
        words += [f"--{option}", str(value)]
    return shlex.join(words)


def _report(original: Path, translated: Path, verdicts: dict[str, Verdict], missing: list[str], options: dict[str, int]) -> dict[str, Any]:
    from transpile.verify.policy import TEXT

    functions = [
        {"name": name, **verdict.as_json(), "command": _command(original, translated, name, options)} for name, verdict in verdicts.items()
    ]
    statuses = [v.status for v in verdicts.values()]
    return {
        "original": str(original),
        "translated": str(translated),
        "functions": functions,
        "missing": missing,
        "summary": {
            "functions": len(statuses),
            "verified": sum(v.verified for v in verdicts.values()),
            **{status: statuses.count(status) for status in dict.fromkeys(statuses)},
        },
        "policy": TEXT,
    }


def _table(verdicts: dict[str, Verdict]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    table = Table("function", "verdict", "evidence", box=None, pad_edge=False, header_style="bold")
    table.columns[0].overflow = "fold"
    for name, verdict in verdicts.items():
        style = "green" if verdict.verified else "yellow" if verdict.status == "inconclusive" else "red"
        aside = f"; {verdict.set_aside:,} inputs set aside" if verdict.set_aside else ""
        detail = f" ({verdict.detail})" if verdict.detail else ""
        # Counterexamples hold brackets, which rich would read as markup.
        table.add_row(Text(name), Text(verdict.status, style), Text(f"{verdict.evidence}{aside}{detail}"))
    console.print(table)


def main() -> None:
    run_app(app)
