"""`python -m transpile.corpus.assemblyscript.install`: AssemblyScript's compiler from npm into the per-user cache, exactly as the lock file has it.

Nothing of it is run: the package's install scripts are left out. What is there already is left alone; a folder in the cache is whole, because
it is filled elsewhere and renamed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from transpile.corpus.assemblyscript.compiler import FILES, HINT, VERSION, node, package_folder
from transpile.corpus.errors import MissingCompiler, TranspileError


def npm() -> list[str]:
    """The command that runs npm: the one that lies beside node, else one on PATH. Raises MissingCompiler."""
    program = node()
    for script in ("lib/node_modules/npm/bin/npm-cli.js", "node_modules/npm/bin/npm-cli.js"):
        for folder in (program.parent.parent, program.parent):
            if (folder / script).is_file():
                return [str(program), str(folder / script)]
    found = shutil.which("npm")
    if found is None:
        raise MissingCompiler("there is a Node.js, but no npm", hint=HINT)
    return [found]


def install() -> Path:
    """Fill the folder that `compiler` looks into; returns it. Raises TranspileError where npm fails."""
    wanted = package_folder()
    if (wanted / "node_modules/assemblyscript/dist/asc.js").is_file():
        return wanted
    print(f"installing AssemblyScript {VERSION} from npm into {wanted}", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix=f".{wanted.name}-", dir=wanted.parent) as name:
        for file in ("package.json", "package-lock.json"):
            shutil.copyfile(FILES / file, Path(name) / file)
        command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
        done = subprocess.run(command, cwd=name, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            why = next((line for line in done.stderr.splitlines() if "ERR" in line or "error" in line), "no message")
            raise TranspileError(f"npm could not install AssemblyScript {VERSION}: {why}", hint="npm needs its registry, or a cache of it")
        shutil.rmtree(wanted, ignore_errors=True)
        Path(name).rename(wanted)
        Path(name).mkdir()  # for what removes it
    wanted.chmod(0o755)
    return wanted


def main() -> None:
    try:
        install()
    except TranspileError as error:
        print(f"error: {error.message}\nhint: {error.hint}", file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
