"""What every command line here shares: errors for people on stderr, data on stdout, exit codes.

Exit 0: all well; 1: some functions are not equivalent; 2: could not run.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from transpile.corpus.errors import TranspileError

if TYPE_CHECKING:
    import typer


def application(help: str | None = None) -> typer.Typer:
    """A command line in this project's manner: plain help (fast, and the same everywhere), no completion machinery, errors left to `run`."""
    import typer

    group = help is not None
    return typer.Typer(help=help, no_args_is_help=group, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


def run(app: typer.Typer) -> None:
    """Run a command line: a TranspileError becomes one `error:` line and a `hint:` line on stderr, and exit 2."""
    try:
        app()
    except TranspileError as error:
        sys.stdout.flush()
        print(f"error: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"hint: {error.hint}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        raise SystemExit(2) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(2) from None
    except Exception as error:
        # A fault of ours must not look like a verdict: exit 1 means that some functions are not equivalent.
        traceback.print_exc()
        print(f"error: internal: {type(error).__name__}: {error}", file=sys.stderr)
        print("hint: this is a bug of ours; the lines above say where", file=sys.stderr)
        raise SystemExit(2) from None


@contextmanager
def progress_bar(title: str) -> Iterator:
    """A callable `(done, total, note="")` that shows a progress bar on stderr once the work has taken two seconds; silent if stderr is no terminal."""
    import time

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    bar = Progress(
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
        console=console,
        transient=True,
    )
    task = bar.add_task(title, total=None, note="")
    started = time.monotonic()
    shown = False

    def update(done: int, total: int, note: str = "") -> None:
        nonlocal shown
        if not shown and console.is_terminal and time.monotonic() - started > 2:
            bar.start()
            shown = True
        bar.update(task, completed=done, total=total, note=note)

    try:
        yield update
    finally:
        if shown:
            bar.stop()
