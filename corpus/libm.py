"""The C library's mathematics: which functions there are, how each language says them, and one implementation that all are linked with.

`sin` is not a thing that two compilers agree on to the last bit, so the judge gives both sides the same one: musl's, which ziglang brings along
and which is built once into the per-user cache. What a translation calls by its language's own means (`x.sin()`, `@sin(x)`) must end in a call of the
C library's function, or be written as one. Limits: functions of floats and, `ldexp`, an int, that give a float and keep no state; `long double` is left out.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class MathFunction:
    """`name` is C's, `type` f32 or f64 (of the result, and of all parameters but those of `ldexp`'s exponent). `rust`: the method of std's floats
    that calls it, "%" for the operator; `zig`: the builtin that does. "" where there is none: then it is declared and called as C's."""

    name: str
    type: str
    parameters: tuple[str, ...]
    rust: str = ""
    zig: str = ""


def _functions() -> dict[str, MathFunction]:
    one = {
        "sin": ("sin", "@sin"), "cos": ("cos", "@cos"), "tan": ("tan", "@tan"), "asin": ("asin", ""), "acos": ("acos", ""), "atan": ("atan", ""),
        "sinh": ("sinh", ""), "cosh": ("cosh", ""), "tanh": ("tanh", ""), "asinh": ("", ""), "acosh": ("", ""), "atanh": ("", ""),
        "exp": ("exp", "@exp"), "exp2": ("exp2", "@exp2"), "expm1": ("exp_m1", ""), "log": ("ln", "@log"), "log2": ("log2", "@log2"),
        "log10": ("log10", "@log10"), "log1p": ("ln_1p", ""), "cbrt": ("cbrt", ""), "round": ("round", "@round"), "rint": ("round_ties_even", ""),
        "erf": ("", ""), "erfc": ("", ""), "tgamma": ("", ""),
    }  # fmt: skip
    more = {
        "pow": ("powf", 2), "atan2": ("atan2", 2), "hypot": ("hypot", 2), "fmod": ("%", 2), "remainder": ("", 2), "fdim": ("", 2), "copysign": ("copysign", 2),
        "nextafter": ("", 2), "fma": ("mul_add", 3),
    }  # fmt: skip
    out = []
    for suffix, type_ in (("", "f64"), ("f", "f32")):
        out += [MathFunction(name + suffix, type_, (type_,), *said) for name, said in one.items()]
        out += [MathFunction(name + suffix, type_, (type_,) * count, rust) for name, (rust, count) in more.items()]
        out += [MathFunction(name + suffix, type_, (type_, "i32")) for name in ("ldexp", "scalbn")]
    return {f.name: f for f in out}


MATH = _functions()
"""By C's name."""


@cache
def libraries() -> tuple[Path, ...]:
    """Archives that define the functions, built at the first use and kept. Raises MissingCompiler."""
    from transpile.corpus.zigcc import cache_folder, run, work_folder, zig, zig_version

    source = prototypes()
    source += f"void *all[] = {{{', '.join(MATH)}}};\nvoid *f(int i) {{ return all[i]; }}\n"
    command = [zig(), "cc", "-target", "wasm32-wasi", "-mcpu=mvp", "-O2", "-g0", "-s", "-fno-sanitize=all", "-Wno-everything", "-mexec-model=reactor",
               "-Wl,--export=f", "libm.c", "-o", "libm.wasm"]  # fmt: skip
    key = hashlib.sha256("\0".join((zig_version(), *map(str, command[1:]), source)).encode()).hexdigest()[:16]
    kept = cache_folder() / f"libm-{key}"
    if not kept.is_dir():
        with work_folder() as folder:
            (folder / "libm.c").write_text(source)
            done = run(command, folder, 300.0)
            assert done.ok, done.stderr
            built = Path(tempfile.mkdtemp(dir=cache_folder()))
            for archive in sorted((folder / "zig-cache").rglob("*.a")):
                _drop_exit(archive, folder)
                (built / archive.name).write_bytes(archive.read_bytes())
            try:
                os.rename(built, kept)
            except OSError:  # another process was faster
                assert kept.is_dir()
    return tuple(sorted(kept.glob("*.a")))


def _drop_exit(archive: Path, folder: Path) -> None:
    """Without `exit`: where it is at hand, the linker wraps every export in what runs destructors."""
    from transpile.corpus.zigcc import run, zig

    for member in re.findall(rb"(\S*/exit\.o)/?\n", archive.read_bytes()):
        done = run([zig(), "ar", "d", archive, member.decode()], folder, 60.0)
        assert done.ok, done.stderr


def prototypes() -> str:
    """Declarations in C of all functions, a line each."""
    return "".join(f"{_prototype(f)};\n" for f in MATH.values())


def _prototype(function: MathFunction) -> str:
    words = {"f32": "float", "f64": "double", "i32": "int"}
    return f"{words[function.type]} {function.name}({', '.join(words[t] for t in function.parameters)})"
