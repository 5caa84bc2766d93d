"""C++ with its standard library: libc++ and wasi's libc, as ziglang brings them, for files that include more than headers.

Units are compiled as others are, with what is marked inline inlined (the library is nothing without it), and linked with archives that zig builds once
into the per-user cache. Memory is a heap of this module, of which the first 256 KiB are an array: what a function needs for its own work does
not grow the memory, which the judge compares. What C's `malloc` and `printf` do in a person's own code stays an import, with the meaning that the
judge gives it. Nothing is thrown: a `throw`, like all that the library would throw, traps, and who catches is not read.
Limit: what remains of the system (`fd_write` of `std::cout`, clocks, files) is imported.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from transpile.corpus import zigcc
from transpile.corpus.errors import TranspileError
from transpile.corpus.text import lex
from transpile.corpus.wasm.reader import linking

HEADERS = frozenset(
    """algorithm any array atomic barrier bitset charconv chrono codecvt complex concepts condition_variable coroutine deque exception execution
    expected filesystem flat_map flat_set format forward_list fstream functional future generator initializer_list iomanip ios iosfwd iostream istream
    iterator latch list locale map mdspan memory memory_resource mutex new numbers numeric optional ostream print queue random ranges ratio regex
    scoped_allocator semaphore set shared_mutex source_location span spanstream sstream stack stdexcept stop_token streambuf string string_view
    strstream syncstream system_error thread tuple typeindex typeinfo unordered_map unordered_set utility valarray variant vector""".split()
)
"""Headers of C++ that make a unit one with the library."""
_BY_ITSELF = frozenset({"codecvt", "execution", "generator", "spanstream", "stop_token", "strstream"})
"""Those that not every version has, or that warn or fail where they are included in vain."""

C_FUNCTIONS = {
    "malloc": "void *(size_t)", "calloc": "void *(size_t, size_t)", "realloc": "void *(void *, size_t)", "free": "void (void *)",
    "putchar": "int (int)", "puts": "int (const char *)", "getchar": "int (void)", "printf": "int (const char *, ...)",
    "rand": "int (void)", "srand": "void (unsigned)", "time": "long long (long long *)", "exit": "void (int)",
    "sprintf": "int (char *, const char *, ...)", "snprintf": "int (char *, size_t, const char *, ...)",
}  # fmt: skip
"""`externs`, in C's words."""

PRELUDE = (
    """\
typedef __SIZE_TYPE__ size_t;
extern "C" {
__attribute__((always_inline, used)) inline void *__cxa_allocate_exception(size_t) noexcept { __builtin_trap(); }
"""
    + "".join(
        f'{head.replace("(", f" {name}(", 1)} __asm__("{name[:-1]}~") __attribute__((import_module("env"), import_name("{name}")));\n'
        for name, head in C_FUNCTIONS.items()
    )
    + "}\n"
)
"""What stands before a unit, in a file of its own. An exception would be allocated first: there it ends. The library's own calls of `malloc` end in its
heap; a unit's are of another symbol (as long, with a last letter that no name has), imported under the name that people know."""

SUPPORT = """\
typedef __SIZE_TYPE__ size_t;
namespace {
constexpr size_t SIZE = 1 << 18;
struct alignas(16) Head { char *start; unsigned kind; };
alignas(16) char first[SIZE];
char *next = first, *end = first + SIZE;
void *freed[32];
Head &head(void *block) { return static_cast<Head *>(block)[-1]; }
void *take(size_t n, size_t alignment) {
    size_t room = n + sizeof(Head) + (alignment > 16 ? alignment : 0);
    if (room < n || room > 1u << 30) return nullptr;
    unsigned kind = 32 - __builtin_clz((room - 1) | 31);
    char *start = static_cast<char *>(freed[kind]);
    if (start) {
        freed[kind] = *reinterpret_cast<void **>(start);
    } else {
        size_t size = static_cast<size_t>(1) << kind;
        if (static_cast<size_t>(end - next) < size) {
            size_t pages = (size + 65535) / 65536, page = __builtin_wasm_memory_grow(0, pages);
            if (page == static_cast<size_t>(-1)) return nullptr;
            char *added = reinterpret_cast<char *>(page * 65536);
            if (added != end) next = added;
            end = added + pages * 65536;
        }
        start = next;
        next += size;
    }
    size_t block = reinterpret_cast<size_t>(start) + sizeof(Head);
    if (alignment > 16) block = (block + alignment - 1) & -alignment;
    head(reinterpret_cast<void *>(block)) = {start, kind};
    return reinterpret_cast<void *>(block);
}
void *must_take(size_t n, size_t alignment) {
    void *block = take(n, alignment);
    if (!block) __builtin_trap();
    return block;
}
void give(void *block) {
    if (!block) return;
    Head was = head(block);
    *reinterpret_cast<void **>(was.start) = freed[was.kind];
    freed[was.kind] = was.start;
}
}
namespace std { enum class align_val_t : size_t {}; struct nothrow_t; }
#define LIBRARY __attribute__((weak))
LIBRARY void *operator new(size_t n) { return must_take(n, 16); }
LIBRARY void *operator new[](size_t n) { return must_take(n, 16); }
LIBRARY void *operator new(size_t n, const std::nothrow_t &) noexcept { return take(n, 16); }
LIBRARY void *operator new[](size_t n, const std::nothrow_t &) noexcept { return take(n, 16); }
LIBRARY void *operator new(size_t n, std::align_val_t a) { return must_take(n, static_cast<size_t>(a)); }
LIBRARY void *operator new[](size_t n, std::align_val_t a) { return must_take(n, static_cast<size_t>(a)); }
LIBRARY void operator delete(void *p) noexcept { give(p); }
LIBRARY void operator delete[](void *p) noexcept { give(p); }
LIBRARY void operator delete(void *p, size_t) noexcept { give(p); }
LIBRARY void operator delete[](void *p, size_t) noexcept { give(p); }
LIBRARY void operator delete(void *p, std::align_val_t) noexcept { give(p); }
LIBRARY void operator delete[](void *p, std::align_val_t) noexcept { give(p); }
LIBRARY void operator delete(void *p, size_t, std::align_val_t) noexcept { give(p); }
LIBRARY void operator delete[](void *p, size_t, std::align_val_t) noexcept { give(p); }
extern "C" {
LIBRARY void *malloc(size_t n) { return take(n, 16); }
LIBRARY void free(void *p) { give(p); }
LIBRARY void *aligned_alloc(size_t alignment, size_t n) { return take(n, alignment); }
LIBRARY int posix_memalign(void **to, size_t alignment, size_t n) { return (*to = take(n, alignment)) ? 0 : 12; }
LIBRARY void *calloc(size_t count, size_t each) {
    size_t n;
    if (__builtin_mul_overflow(count, each, &n)) return nullptr;
    char *block = static_cast<char *>(take(n, 16));
    for (size_t i = 0; block && i < n; i++) block[i] = 0;
    return block;
}
LIBRARY void *realloc(void *p, size_t n) {
    char *block = static_cast<char *>(take(n, 16));
    if (!p || !block) return block;
    size_t held = head(p).start + (static_cast<size_t>(1) << head(p).kind) - static_cast<char *>(p);
    for (size_t i = 0; i < n && i < held; i++) block[i] = static_cast<char *>(p)[i];
    give(p);
    return block;
}
LIBRARY void library_ends(const char *, ...) __asm__("_ZNSt3__122__libcpp_verbose_abortEPKcz");
LIBRARY void library_ends(const char *, ...) { __builtin_trap(); }
LIBRARY void abort_message(const char *, ...) { __builtin_trap(); }
LIBRARY void terminates() __asm__("_ZSt9terminatev");
LIBRARY void terminates() { __builtin_trap(); }
LIBRARY void abort() { __builtin_trap(); }
LIBRARY void __cxa_throw(void *, void *, void *(*)(void *)) { __builtin_trap(); }
LIBRARY void __cxa_rethrow() { __builtin_trap(); }
LIBRARY void __cxa_pure_virtual() { __builtin_trap(); }
LIBRARY int __cxa_atexit(void (*)(void *), void *, void *) { return 0; }
void __wasm_call_ctors();
void _initialize() { __wasm_call_ctors(); }
}
"""
"""The heap, what ends a program, and what must be called first. Blocks are powers of two, kept by their size when they are given back."""

START = "_initialize"

_FLAGS = (
    "-std=gnu++23", "-fexceptions", "-fignore-exceptions", "-U__cpp_exceptions", "-finline-hint-functions",
    "-D_LIBCPP_VERBOSE_ABORT(...)=__builtin_trap()", "-Werror=return-type", "-include", "prelude.h", "-isystem", ".",
    "-U_LIBCPP_HAS_FILESYSTEM", "-D_LIBCPP_HAS_FILESYSTEM=1",  # what reads files compiles, with imports for what the library then lacks
)  # fmt: skip
"""Without the macro, the library's headers trap where they would throw; a unit may still say `throw` and `try`."""
CHECKED = ("-U_LIBCPP_HARDENING_MODE", "-D_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_EXTENSIVE")
"""For a library that traps where an index is out of bounds."""

ALL = "bits/stdc++"
"""The name without `.h` of another library's header of everything."""
_EVERYTHING = "".join(f"#include <{name}>\n" for name in sorted({*HEADERS, "cmath", "cstdio", "cstring", "climits", "cctype", "cassert", "ctime"} - _BY_ITSELF))

_INCLUDED = re.compile(r"^[ \t]*#[ \t]*include[ \t]*<(\w+|bits/stdc\+\+\.h)>", re.M)
_WORDS = frozenset({"new", "delete", "throw", "try", "virtual", "typeid", "dynamic_cast"})


def needed(text: str) -> bool:
    """Whether a unit includes a header of C++'s library, or says what only works with it."""
    return any(name in HEADERS or name == f"{ALL}.h" for name in _INCLUDED.findall(text)) or not _WORDS.isdisjoint(lex(text))


def command(unit: Path, options: Sequence[str]) -> list[str | Path]:
    """What compiles a unit in its folder."""
    (unit.parent / "prelude.h").write_text(PRELUDE)
    (unit.parent / "bits").mkdir()
    (unit.parent / f"{ALL}.h").write_text(_EVERYTHING)
    return [zigcc.zig(), "c++", *(flag for flag in zigcc.COMMON if flag != "-fno-inline"), *_FLAGS, *options, "-c", unit.name, "-o", "unit.o"]


def link(folder: Path, seconds: float) -> zigcc.Completed:
    """`unit.o` and the library as `unit.wasm`. What the unit itself defines is exported, but no instances of templates."""
    exports = [START, *_defined((folder / "unit.o").read_bytes())]
    support, *archives = libraries()
    done = zigcc.link([folder / "unit.o", support], folder / "unit.wasm", exports, seconds=seconds, libraries=archives)
    if done.ok:
        wasm = (folder / "unit.wasm").read_bytes()
        for name in C_FUNCTIONS:  # in the section of names
            wasm = wasm.replace(bytes([len(name)]) + f"{name[:-1]}~".encode(), bytes([len(name)]) + name.encode())
        (folder / "unit.wasm").write_bytes(wasm)
    return done


@cache
def libraries() -> tuple[Path, ...]:
    """The heap's object, then archives, built at the first use and kept (a minute or two of an idle machine, once per user and version of zig)."""
    support = [zigcc.zig(), "c++", *(f for f in zigcc.COMMON if f != "-fno-zero-initialized-in-bss"), "-O2", "-fno-exceptions", "-fno-builtin",
               "-c", "any.cpp", "-o", "any.o"]  # fmt: skip
    library = [zigcc.zig(), "c++", "-target", "wasm32-wasi", "-mcpu=mvp", "-O2", "-g0", "-s", "-fno-exceptions", "-fno-sanitize=all", "-Wno-everything",
               "-mexec-model=reactor", "any.cpp", "-o", "any.wasm"]  # fmt: skip
    built = _kept("libcxx", library, "int any;\n", "C++'s standard library (once, a minute or two)")
    archives = tuple(built / f"lib{name}.a" for name in ("c++", "c++abi", "c", "zigc", "compiler_rt"))
    return (_kept("heap", support, SUPPORT) / "any.o", *archives)


def _kept(name: str, command: Sequence[str | Path], source: str, notice: str = "") -> Path:
    """The folder in the cache with the object and the archives that come of compiling `any.cpp`. Raises TranspileError."""
    key = hashlib.sha256("\0".join((zigcc.zig_version(), *map(str, command[1:]), source)).encode()).hexdigest()[:16]
    kept = zigcc.cache_folder() / f"{name}-{key}"
    if not kept.is_dir():
        if notice:
            print(f"building {notice}", file=sys.stderr)
        with zigcc.work_folder() as folder:
            (folder / "any.cpp").write_text(source)
            done = zigcc.run(command, folder, 1800.0)
            if not done.ok:
                said = "it took too long" if done.timed_out else done.stderr.strip()[-300:]
                raise TranspileError(f"C++'s standard library could not be built: {said}", hint="pip install --force-reinstall ziglang")
            built = Path(tempfile.mkdtemp(dir=zigcc.cache_folder()))
            for part in (folder / "any.o", *(folder / "zig-cache").rglob("*.a")):
                if part.is_file():
                    (built / part.name).write_bytes(part.read_bytes())
            try:
                os.rename(built, kept)
            except OSError:  # another process was faster
                assert kept.is_dir()
    return kept


_SYMBOLS, _EXPLICIT, _UNDEFINED, _NOT_EXPORTED, _LOCAL, _USED = 8, 0x40, 0x10, 0x01 | 0x02 | 0x04, 0x02, 0x80


def _defined(wasm: bytes) -> list[str]:
    """Functions of an object file that are neither weak (instances of templates, inline ones), but where they are to be kept, nor local nor hidden."""
    out = []
    for reader in linking(wasm, _SYMBOLS):
        for _ in range(reader.number()):
            what, flags = reader.byte(), reader.number()
            if what == 1:  # data
                reader.name()
                if not flags & _UNDEFINED:
                    reader.number(), reader.number(), reader.number()
                continue
            reader.number()
            name = reader.name() if what != 3 and (not flags & _UNDEFINED or flags & _EXPLICIT) else ""
            if what == 0 and (not flags & (_UNDEFINED | _NOT_EXPORTED) or (flags & _USED and not flags & (_UNDEFINED | _LOCAL))):
                out.append(name)
    return out
