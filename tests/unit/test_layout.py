"""The house rules: who may import whom, that every package ships, that help is fast."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = {
    "corpus": {"corpus"},
    "tokenizer": {"corpus", "tokenizer"},
    "verify": {"corpus", "verify"},
    "model": {"corpus", "tokenizer", "model", "verify"},
    "serve": {"corpus", "tokenizer", "verify", "serve", "weights"},
}
HEAVY = {"torch", "transformers", "vllm", "ctranslate2", "z3", "matplotlib", "datasets", "ray"}


def modules() -> list[tuple[str, Path]]:
    return [(package, path) for package in ALLOWED for path in sorted((ROOT / package).rglob("*.py"))]


def imports(tree: ast.AST) -> list[tuple[str, int]]:
    out = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            out += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            out.append((node.module, node.lineno))
    return out


@pytest.mark.parametrize("package", ALLOWED)
def test_who_imports_whom(package: str) -> None:
    wrong = []
    for path in (ROOT / package).rglob("*.py"):
        for name, line in imports(ast.parse(path.read_text())):
            parts = name.split(".")
            if parts[0] == "transpile" and len(parts) > 1 and parts[1] not in ALLOWED[package]:
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {name}")
            if package == "verify" and parts[0] in ("torch", "vllm", "transformers", "ctranslate2"):
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {name}")
    assert not wrong


def test_model_reaches_the_judge_from_evaluation_only() -> None:
    users = {p.name for p in (ROOT / "model").glob("*.py") for name, _ in imports(ast.parse(p.read_text())) if name.startswith("transpile.verify")}
    assert users <= {"evaluate.py"}


LAZY = {f"transpile.verify.{name}": f"verify/{name}.py" for name in ("symbolic", "symbolic_values")}
LAZY |= {f"transpile.serve.vllm.{name}": f"serve/vllm/{name}.py" for name in ("inputs", "network")}
"""Modules that may import heavy packages at their top, because they are themselves imported inside functions alone."""


def test_heavy_imports_are_inside_functions() -> None:
    wrong = []
    for _, path in modules():
        if str(path.relative_to(ROOT)) in LAZY.values():
            continue
        tree = ast.parse(path.read_text())
        for node in tree.body:
            for name, line in imports(ast.Module([node], [])) if isinstance(node, ast.Import | ast.ImportFrom) else []:
                if name.split(".")[0] in HEAVY or name in LAZY:
                    wrong.append(f"{path.relative_to(ROOT)}:{line} imports {name} at the top")
    assert not wrong


def test_every_package_on_disk_is_listed() -> None:
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    on_disk = {f"transpile.{path.parent.relative_to(ROOT).as_posix().replace('/', '.')}" for _, path in modules()}
    assert on_disk <= set(setup["packages"])
    assert set(setup["packages"]) == set(setup["package-dir"])


@pytest.mark.parametrize("command", ["serve", "serve.http", "verify", "corpus", "tokenizer", "model"])
def test_help_answers_without_heavy_imports(command: str) -> None:
    code = (
        "import sys\n"
        f"from transpile.{command}.command import app\n"
        f"heavy = {sorted(HEAVY)!r}\n"
        "print([h for h in heavy if h in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == "[]"
