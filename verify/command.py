"""The command line `verify`: is a translation the same as its original, and how much is the judge's word worth?

stdout is data (a table, or JSON), stderr is for people. Exit 0: every function judged is equivalent; 1: some are not; 2: could not run.
Files that are asked for appear whole, at the end, or not at all.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from transpile.corpus.console import application
from transpile.corpus.console import run as run_app

app = application("Judge translations by what they do.")


@app.command()
def run(
    original: Annotated[Path, typer.Argument(help="The reference: a source file, .wasm or .wat, a folder, or a manifest (verify.toml).")] = Path("verify.toml"),
    translated: Annotated[Path | None, typer.Argument(help="What should do the same: a file or a folder; none with a manifest.")] = None,
    function: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Judge this function only; may be repeated.")] = None,
    require: Annotated[list[str] | None, typer.Option(metavar="EXPR", help="A precondition of --function: 'n <= len(a)'; may be repeated.")] = None,
    inputs: Annotated[int | None, typer.Option(help="Test vectors per function. [default: 4096]", min=1, show_default=False)] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the test vectors. [default: 0]", min=0, show_default=False)] = None,
    seconds: Annotated[int | None, typer.Option(help="Most seconds for one function. [default: 120]", min=1, show_default=False)] = None,
    jobs: Annotated[int, typer.Option(help="Processes at once; 0: one a core.", min=0)] = 0,
    state: Annotated[Path | None, typer.Option(metavar="FILE", help="Keep finished verdicts here; the same command goes on where it was.")] = None,
    junit: Annotated[Path | None, typer.Option(metavar="FILE.xml", help="Write the verdicts as JUnit XML.")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write a page with both sources side by side.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Judge the functions that two files have in common, by name; or those of all files of two folders with the same stem; or what a manifest says.

    `verify policy` says what counts as the same.
    """
    from transpile.corpus.console import progress_bar
    from transpile.corpus.errors import TranspileError
    from transpile.corpus.files import check_writable, write_whole
    from transpile.verify import html as pages
    from transpile.verify import junit as xml
    from transpile.verify.parallel import cores
    from transpile.verify.run import Options, exit_code, sources
    from transpile.verify.run import run as judge_all
    from transpile.verify.state import State

    for path in (junit, html, state):
        check_writable(path)
    manifest = _manifest(original, translated, function, require)
    asked = {"inputs": inputs, "seed": seed, "seconds": seconds}
    chosen = manifest.options | {name: value for name, value in asked.items() if value is not None}
    told = []

    def interrupt(*_: object) -> NoReturn:
        """Being told to end is like Ctrl-C: no process is left behind, and no half-written file."""
        told.append(True)
        raise KeyboardInterrupt

    def check() -> None:
        # Raised inside a finalizer or a callback from C, an exception is printed and lost.
        if told:
            raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, interrupt)
    try:
        with progress_bar("verify") as bar:

            def progress(*where: Any) -> None:
                check()
                bar(*where)

            report = judge_all(manifest.pairs, Options(**chosen), jobs or cores(), State(state), progress)
            check()
    except KeyboardInterrupt:
        kept = f"finished verdicts are in {state}; the same command goes on from there" if state else "with --state FILE, finished verdicts are kept"
        raise TranspileError("interrupted", hint=kept) from None
    report["alone"] = [str(path) for path in manifest.alone]
    if html is not None:
        write_whole(html, pages.page_of_run(report, sources))
    if junit is not None:
        write_whole(junit, xml.write(report))
    if as_json:
        print(json.dumps(report))
    else:
        _show(report)
    raise typer.Exit(exit_code(report))


def _manifest(original: Path, translated: Path | None, functions: list[str] | None, require: list[str] | None) -> Any:
    """What to judge, narrowed down to the functions named. Raises TranspileError."""
    from dataclasses import replace

    from transpile.corpus.errors import TranspileError
    from transpile.verify.manifest import gather

    if require and not functions:
        raise TranspileError("--require needs --function", hint="a precondition is one of a function; a manifest holds those of several")
    found = gather(original, translated)
    if functions:
        extra = {name: tuple(require) for name in functions} if require else {}
        pairs = [replace(p, functions=tuple(functions), preconditions={**p.preconditions, **extra}) for p in found.pairs]
        found = replace(found, pairs=tuple(p for p, old in zip(pairs, found.pairs, strict=True) if not old.functions or set(functions) <= set(old.functions)))
        if not found.pairs:
            raise TranspileError(f"no pair of {original} has '{functions[0]}'", hint="see its `functions`")
    return found


def _show(report: dict[str, Any]) -> None:
    """The table on stdout; how to reproduce what is not verified, and what was left out, on stderr."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from transpile.verify.html import kind

    console = Console()
    styles = {"good": "green", "bad": "red", "open": "yellow"}
    several = len(report["pairs"]) > 1
    table = Table("function", "verdict", "evidence", box=None, pad_edge=False, header_style="bold")
    table.columns[0].overflow = "fold"
    for one in report["functions"]:
        aside = f"; {one['set_aside']:,} inputs set aside" if one["set_aside"] else ""
        detail = f" ({one['detail']})" if one["detail"] else ""
        cost = f"; {one['fuel_ratio']:.2f}x the instructions" if one.get("fuel_ratio") is not None else ""
        where = f" in {one['translated']}" if several else ""
        # Counterexamples hold brackets, which rich would read as markup.
        table.add_row(Text(f"{one['name']}{where}"), Text(one["status"], styles[kind(one["status"])]), Text(f"{one['evidence']}{aside}{cost}{detail}"))
    console.print(table)
    for one in report["functions"]:
        if not one["verified"]:
            print(f"reproduce {one['name']}: {one['command']}", file=sys.stderr)
    for pair in report["pairs"]:
        if pair["missing"]:
            print(f"not in {pair['translated']}: {', '.join(pair['missing'])}", file=sys.stderr)
        if pair["error"]:
            print(f"error: {pair['error']['message']}\nhint: {pair['error']['hint']}", file=sys.stderr)
    for path in report["alone"]:
        print(f"no counterpart of {path}", file=sys.stderr)


@app.command("self-test")
def self_test(
    functions: Annotated[int, typer.Option(help="Functions to measure on, of all languages.", min=1)] = 50,
    mutants: Annotated[int, typer.Option(help="Mutants of each function's compiled code.", min=0)] = 8,
    text: Annotated[int, typer.Option(help="Mutants of its source text.", min=0)] = 4,
    inputs: Annotated[int, typer.Option(help="Test vectors per function: the judge's budget.", min=16)] = 1024,
    seed: Annotated[int, typer.Option(help="Seed of functions, mutants and vectors.")] = 0,
    effort: Annotated[float, typer.Option(help="Processor seconds a function for what checks the judge.", min=0.0)] = 1.0,
    only: Annotated[str, typer.Option(metavar="NAME", help="Measure on this function only, as a finding's command names it.")] = "",
    seconds: Annotated[float, typer.Option(help="Begin no further functions after so long; 0: no limit.", min=0.0)] = 0.0,
    jobs: Annotated[int, typer.Option(help="Processes at once; 0: one a core.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure the judge: the share of wrong functions that it catches, and of right ones that it rejects.

    Exits 0 when the bars are met: 99 % of decidable mutants caught, at most 0.5 % of the accepted candidates wrong, no right function rejected.
    """
    from transpile.corpus.console import progress_bar
    from transpile.verify.parallel import cores
    from transpile.verify.self_test import Options, measure, meets_bars

    options = Options(functions, mutants, text, inputs, seed, effort, only, seconds)
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
    for origin, of in r["by_origin"].items():
        print(f"  of the {origin}      {share(of['kill_rate'], of['killed'], of['killed'] + of['missed'])}")
    print(f"false accept rate  {share(r['false_accept_rate'], r['false_accepts'], r['candidates_accepted'])}")
    print(f"false reject rate  {share(r['false_reject_rate'], r['false_rejects'], r['pairs'])}")
    print(f"a candidate        {r['milliseconds_a_candidate']} ms on average; {r['seconds']:.0f} s in all")
    if r["unfinished"]:
        print(f"not begun in time  {100 * r['unfinished']:.0f} % of the work")
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


def main() -> None:
    run_app(app)
