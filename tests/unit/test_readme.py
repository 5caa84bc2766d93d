"""The README says what the program says: the help shown there is the help."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).resolve().parents[2] / "README.md"


def test_help_in_the_readme_is_the_help() -> None:
    code = "import sys; sys.argv[0] = 'transpile'; from transpile.serve.command import main; main()"
    environment = os.environ | {"COLUMNS": "80", "NO_COLOR": "1"}
    done = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True, text=True, env=environment, timeout=60, check=True)
    block = re.search(r"<!-- help -->\n+((?:    .*\n|\n)+)<!-- /help -->", README.read_text())
    assert block, "the README has no help block"
    shown = "\n".join(line[4:] for line in block[1].rstrip("\n").split("\n"))
    assert shown.rstrip() == done.stdout.rstrip(), "run tools/readme to write the README's generated blocks again"
