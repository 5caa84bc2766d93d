"""The `ziglang` package as C and C++ compiler and as wasm linker, for every language that compiles to objects.

A process gets a time limit, no stdin, a private temporary folder for zig's caches, and a per-user folder for what is worth
keeping (`XDG_CACHE_HOME/transpile`); `confine` keeps it in its place. Any number of processes may do this at once: files of the cache appear
whole, by renaming. Limit: this knows nothing of the text that is compiled; what may be included is the languages' business.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from transpile.corpus import libm
from transpile.corpus.confine import LARGEST_OUTPUT, confined, environment
from transpile.corpus.errors import MissingCompiler
from transpile.corpus.wasm.reader import linking

GLOBAL_BASE = 0x1234000
"""Where linked modules put their data: an address that no ordinary constant looks like."""

TABLE_BASE = 23219
"""Where linked modules put the functions whose address is taken: a number that no ordinary constant looks like, as far as a table may be long."""

STACK_SIZE = 1 << 20

SEGMENT_NAMES = 5
"""The subsection of an object file's "linking" section that names its data segments."""

COMMON = (
    "-target", "wasm32-wasi", "-mcpu=mvp", "-fwrapv", "-fno-strict-aliasing", "-fno-math-errno", "-ffp-contract=off",
    "-fno-finite-loops", "-fno-inline", "-fno-unroll-loops", "-fno-vectorize", "-fno-slp-vectorize", "-fvisibility=default",
    "-mllvm", "-disable-loop-idiom-all", "-mllvm", "-replexitval=never", "-fno-unwind-tables",
    "-fno-zero-initialized-in-bss", "-fno-stack-protector",
    "-fno-gnu-inline-asm", "-fno-sanitize=all", "-g0", "-Wno-everything", "-ferror-limit=0", "-fno-caret-diagnostics", "-fno-color-diagnostics",
)  # fmt: skip
"""Flags of every compilation: MVP features, wrapping integers, and code that keeps the shape of its source (no idiom becomes a call,
no loop a closed form). The target is wasi for its C headers and for clang's builtins, which zig turns off when freestanding."""

AS_WRITTEN = "as-written"
"""The level that keeps loops and conditions as they stand in the source, for who wants to read the code: registers are assigned and expressions
simplified as ever, but loops test where they did, indices stay indices, and conditions stay jumps."""

KEPT = (
    "-disable-lsr", "-disable-lftr", "-rotation-max-header-size=0", "-phi-node-folding-threshold=0", "-two-entry-phi-node-folding-threshold=0",
    "-jump-threading-threshold=0", "-bonus-inst-threshold=0", "-sink-common-insts=0", "-hoist-common-insts=0", "-simplifycfg-merge-cond-stores=0",
)  # fmt: skip
"""LLVM's options for it: no strength reduction of loops, no new exit tests, no rotation, no selects for jumps, no jumps
through conditions, nothing moved out of branches."""

_MATHEMATICS = re.compile(b"|".join(re.escape(bytes([len(name)]) + name.encode()) for name in libm.MATH))
"""In a linked module: the name of a function of the C library's mathematics, imported or from wherever else."""

RUNTIME = """\
typedef __SIZE_TYPE__ size_t;
#define RUNTIME __attribute__((weak, visibility("hidden")))
RUNTIME void *memcpy(void *restrict to, const void *restrict from, size_t n) {
    char *t = to; const char *f = from;
    while (n--) *t++ = *f++;
    return to;
}
RUNTIME void *memmove(void *to, const void *from, size_t n) {
    char *t = to; const char *f = from;
    if (t <= f) while (n--) *t++ = *f++;
    else while (n--) t[n] = f[n];
    return to;
}
RUNTIME void *memset(void *to, int value, size_t n) {
    char *t = to;
    while (n--) *t++ = (char)value;
    return to;
}
RUNTIME int memcmp(const void *a, const void *b, size_t n) {
    const unsigned char *x = a, *y = b;
    for (; n--; x++, y++) if (*x != *y) return *x < *y ? -1 : 1;
    return 0;
}
RUNTIME int bcmp(const void *a, const void *b, size_t n) {
    const unsigned char *x = a, *y = b;
    for (; n--; x++, y++) if (*x != *y) return 1;
    return 0;
}
RUNTIME size_t strlen(const char *s) {
    size_t n = 0;
    while (s[n]) n++;
    return n;
}
#define STREAM(name, number) RUNTIME void *name = (void *)(0x7d000000 + number)
STREAM(stdin, 1); STREAM(stdout, 2); STREAM(stderr, 3);
typedef unsigned long long u64;
typedef unsigned __int128 u128;
static u128 join(u64 low, u64 high) { return (u128)high << 64 | low; }
/* Optimized, this would become a call of itself. */
RUNTIME __attribute__((optnone, noinline)) u128 __multi3(u128 a, u128 b) {
    u64 x = (u64)a, y = (u64)b;
    u64 x0 = (unsigned)x, x1 = x >> 32, y0 = (unsigned)y, y1 = y >> 32;
    u64 low = x0 * y0, middle = x1 * y0 + (low >> 32), other = x0 * y1 + (unsigned)middle;
    u64 high = x1 * y1 + (middle >> 32) + (other >> 32);
    high += x * (u64)(b >> 64) + y * (u64)(a >> 64);
    return join(x * y, high);
}
RUNTIME double fmod(double x, double y) {
    union { double f; u64 i; } a = {x}, b = {y};
    int ea = a.i >> 52 & 0x7ff, eb = b.i >> 52 & 0x7ff;
    u64 sign = a.i & 1ull << 63, m = a.i, d = b.i;
    if (d << 1 == 0 || y != y || ea == 0x7ff) return (x * y) / (x * y);
    if (m << 1 <= d << 1) return m << 1 == d << 1 ? 0 * x : x;
    if (ea) m = (m & -1ull >> 12) | 1ull << 52;
    else for (m &= -1ull >> 12, ea = 1; !(m >> 52); ea--) m <<= 1;
    if (eb) d = (d & -1ull >> 12) | 1ull << 52;
    else for (d &= -1ull >> 12, eb = 1; !(d >> 52); eb--) d <<= 1;
    for (; ea > eb; ea--, m <<= 1) if (m >= d) m -= d;
    if (m >= d) m -= d;
    if (!m) return 0 * x;
    for (; !(m >> 52); ea--) m <<= 1;
    a.i = sign | (ea > 0 ? (m & -1ull >> 12) | (u64)ea << 52 : m >> (1 - ea));
    return a.f;
}
RUNTIME float fmodf(float x, float y) { return (float)fmod(x, y); }
"""
"""What compilers call without being asked, `strlen`, and C's streams, which lead nowhere:
weak, so that a definition in the source wins; hidden, so never exported."""


@dataclass(frozen=True, slots=True)
class Completed:
    """A finished process: did it succeed in time, and what it printed on stderr."""

    ok: bool
    stderr: str
    timed_out: bool = False


@cache
def zig() -> Path:
    """Path of the zig executable of the `ziglang` package. Raises MissingCompiler."""
    try:
        import ziglang
    except ImportError:
        raise MissingCompiler("the package 'ziglang' is not installed", hint="pip install ziglang") from None
    folder = Path(ziglang.__file__).parent
    for name in ("zig", "zig.exe"):
        if (folder / name).is_file():
            return folder / name
    raise MissingCompiler("the package 'ziglang' holds no zig executable", hint="pip install --force-reinstall ziglang")


@cache
def zig_version() -> str:
    """Version of zig, as `0.17.1`. Raises MissingCompiler."""
    return subprocess.run([zig(), "version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stdout.strip()


def cache_folder() -> Path:
    """The folder, made if need be, where this user's built runtime pieces are kept."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = Path(base) / "transpile"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def level_flags(level: str) -> tuple[str, ...]:
    """What asks clang for an optimization level."""
    return ("-O2", *(word for flag in KEPT for word in ("-mllvm", flag))) if level == AS_WRITTEN else (f"-O{level}",)


@contextmanager
def work_folder() -> Iterator[Path]:
    """A private temporary folder for one compilation, removed with all it holds."""
    with tempfile.TemporaryDirectory(prefix="transpile-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def run(
    command: Sequence[str | Path], folder: Path, seconds: float, variables: dict[str, str] | None = None, *,
    readable: Sequence[Path] = (), shared: bool = False, merged: bool = False,
) -> Completed:  # fmt: skip
    """Run a compiler in `folder`, confined, stdin closed, at most `seconds`. Output other than stderr is dropped, and of that the end if it is long.

    `readable`: folders that it needs beside the system's, zig's and our cache. `shared`: with the cache of zig's standard library, which
    zig wants to write to; what compiles C and what links does without. `merged`: what it prints on stdout counts as if on stderr.
    """
    kept = cache_folder() / "zig" if shared else folder / "zig-cache"
    kept.mkdir(parents=True, exist_ok=True)
    caches = {"ZIG_LOCAL_CACHE_DIR": str(folder / "zig-cache"), "ZIG_GLOBAL_CACHE_DIR": str(kept)}
    seen = dict.fromkeys([zig().parent, cache_folder(), *readable])
    with tempfile.TemporaryFile(dir=folder) as output:
        # Into a file, since what is written to a pipe has no limit but our memory.
        process = subprocess.Popen(
            confined(command, folder, seconds, readable=seen, writable=[kept] if shared else []),
            cwd=folder,
            env={**environment(folder), **caches, **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=output if merged else subprocess.DEVNULL,
            stderr=output,
            start_new_session=True,
        )
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return Completed(False, "", timed_out=True)
        finally:
            kill_group(process)
        output.seek(0)
        stderr = output.read(LARGEST_OUTPUT)
    if len(stderr) == LARGEST_OUTPUT:
        stderr = stderr[: stderr.rfind(b"\n") + 1]
    return Completed(process.returncode == 0, stderr.decode("utf-8", "replace"))


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """End a process, if it still runs, and the compilers that it started (zig runs clang in a child)."""
    import signal

    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):  # nobody is left
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


@cache
def runtime() -> Path:
    """The object with the routines that compilers call unasked, compiled at the first use and kept. Raises MissingCompiler."""
    flags = (*COMMON, "-O2", "-fno-builtin", "-ffunction-sections")
    key = hashlib.sha256("\0".join((zig_version(), *flags, RUNTIME)).encode()).hexdigest()[:16]
    kept = cache_folder() / f"runtime-{key}.o"
    if not kept.is_file():
        with work_folder() as folder:
            (folder / "runtime.c").write_text(RUNTIME)
            done = run([zig(), "cc", *flags, "-c", "runtime.c", "-o", "runtime.o"], folder, 120.0)
            assert done.ok, done.stderr
            handle, name = tempfile.mkstemp(dir=cache_folder())
            with os.fdopen(handle, "wb") as out:
                out.write((folder / "runtime.o").read_bytes())
            os.replace(name, kept)
    return kept


def write_zeros(wasm: bytes) -> bytes:
    """An object file whose zero-initialized variables have a data segment when it is linked, as `-fno-zero-initialized-in-bss` has it for C.

    wasm-ld leaves out what is called `.bss.*`; here they are called `.var.*` instead. (rustc has no flag for it.)
    """
    out = bytearray(wasm)
    for reader in linking(wasm, SEGMENT_NAMES):
        for _ in range(reader.number()):
            length = reader.number()
            if wasm[reader.at : reader.at + 5] == b".bss.":
                out[reader.at : reader.at + 5] = b".var."
            reader.at += length
            reader.number(), reader.number()  # alignment and flags
    return bytes(out)


def finish(
    unit: str, folder: Path, level: str, exports: Sequence[str], *, seconds: float = 60.0, if_defined: bool = False
) -> Completed:
    """LLVM IR or bitcode (`unit`, in `folder`) to `unit.wasm` there: compiled by clang as C is, then linked.

    Unlike C, inlining is on: what must not be inlined says so in the IR, and a language's own abstractions are nothing without it.
    """
    flags = [flag for flag in COMMON if flag != "-fno-inline"]
    done = run([zig(), "cc", *flags, *level_flags(level), "-c", unit, "-o", "unit.o"], folder, seconds)
    return link([folder / "unit.o"], folder / "unit.wasm", exports, seconds=seconds, if_defined=if_defined) if done.ok else done


def link(
    objects: Sequence[Path], output: Path, exports: Sequence[str] | None = None, *, seconds: float = 60.0, if_defined: bool = False,
    libraries: Sequence[Path] = (),
) -> Completed:  # fmt: skip
    """Link wasm objects (and archives) to the module `output`, with the names kept and memory, stack pointer and heap base exported.

    `exports`: exactly these functions (`if_defined`: those of them that there are); None: every visible one. What is nowhere
    defined becomes an import. The runtime object is added, and mathematics (`libm`) where something calls it. `libraries`: archives for what
    is not defined then.
    """
    wanted = ["--export-dynamic"] if exports is None else [f"--export{'-if-defined' if if_defined else ''}={name}" for name in exports]
    command = [
        zig(), "wasm-ld", "--no-entry", *wanted, "--export=__heap_base", "--export=__stack_pointer", "--allow-undefined",
        "--no-check-features", f"--global-base={GLOBAL_BASE}", f"--table-base={TABLE_BASE}", "--no-merge-data-segments", "-z", f"stack-size={STACK_SIZE}",
        "--threads=1", *objects, runtime(), *libraries,
    ]  # fmt: skip
    first = command.index(objects[0])
    folders = [one.parent for one in objects if one.parent != output.parent]
    done = run([*command, "-o", output], output.parent, seconds, readable=folders)
    if done.ok and _MATHEMATICS.search(output.read_bytes()):
        # Before the archives that a language brings along, so that all have the same.
        done = run([*command[:first], *libm.libraries(), *command[first:], "-o", output], output.parent, seconds, readable=folders)
    return done
