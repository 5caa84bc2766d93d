"""Seconds for one small file through `transpile`, as a user starts it: process start, model load, decode, compile, judge.

Prints one JSON object. The baseline of the ratio is the issue's bar of 30 s for ten functions on two cores.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

BAR = 30.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, nargs="?", default=Path(__file__).parents[1] / "examples" / "intmath.c")
    parser.add_argument("--to", default="rust")
    arguments = parser.parse_args()
    command = [
        sys.executable,
        "-c",
        "from transpile.serve.command import main; main()",
        str(arguments.source),
        "--to",
        arguments.to,
        "--json",
    ]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    if done.returncode == 2:
        sys.exit(done.stderr)
    summary = json.loads(done.stdout)["summary"]
    report = {"file": arguments.source.name, "seconds": round(seconds, 2), "bar": BAR, "ratio": round(BAR / seconds, 2), **summary}
    print(json.dumps(report | {"seconds": round(seconds, 2)}))


if __name__ == "__main__":
    main()
