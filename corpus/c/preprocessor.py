"""C files through the preprocessor alone: macros expanded, conditions decided for wasm32, the source's own headers put in place.

The system's headers are left out (a small set of definitions stands for their macros), so names of the C library stay as written and nothing
depends on what is installed. A header that is not there is passed over: what needed it fails later, by itself. Invariant: `Preprocessed.own`
says for every character offset whether it came from the file itself, and not from a header.
"""

from __future__ import annotations

import bisect
import hashlib
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from pathlib import Path

from transpile.corpus.zigcc import cache_folder, zig

LARGEST = 4 << 20
"""Characters of preprocessed text; what is longer is generated code or tables."""
SECONDS = 20.0
"""Time for one file; several get more, but less than so much each."""
_MARKER = re.compile(r'#\s+(\d+)\s+"((?:\\.|[^"\\])*)"[\s\d]*$')

_LIMITS = "\n".join(
    f"#define INT{bits}_MIN (-{2 ** (bits - 1) - 1}{end} - 1)\n#define INT{bits}_MAX {2 ** (bits - 1) - 1}{end}\n#define UINT{bits}_MAX {2**bits - 1}u{end}"
    for bits, end in ((8, ""), (16, ""), (32, ""), (64, "ll"))
)
MACROS = (
    _LIMITS
    + """
#define CHAR_BIT 8
#define SCHAR_MIN (-128)
#define SCHAR_MAX 127
#define UCHAR_MAX 255
#define CHAR_MIN (-128)
#define CHAR_MAX 127
#define SHRT_MIN (-32768)
#define SHRT_MAX 32767
#define USHRT_MAX 65535
#define INT_MIN (-2147483647 - 1)
#define INT_MAX 2147483647
#define UINT_MAX 4294967295u
#define LONG_MIN (-2147483647 - 1)
#define LONG_MAX 2147483647
#define ULONG_MAX 4294967295u
#define LLONG_MIN (-9223372036854775807ll - 1)
#define LLONG_MAX 9223372036854775807ll
#define ULLONG_MAX 18446744073709551615ull
#define SIZE_MAX 4294967295u
#define UINTPTR_MAX 4294967295u
#define INTPTR_MAX 2147483647
#define INTPTR_MIN (-2147483647 - 1)
#define PTRDIFF_MAX 2147483647
#define PTRDIFF_MIN (-2147483647 - 1)
#define SSIZE_MAX 2147483647
#define UINTMAX_MAX 18446744073709551615ull
#define INTMAX_MAX 9223372036854775807ll
#define INTMAX_MIN (-9223372036854775807ll - 1)
#define INT8_C(x) x
#define UINT8_C(x) x
#define INT16_C(x) x
#define UINT16_C(x) x
#define INT32_C(x) x
#define UINT32_C(x) x##u
#define INT64_C(x) x##ll
#define UINT64_C(x) x##ull
#define INTMAX_C(x) x##ll
#define UINTMAX_C(x) x##ull
#define FLT_EPSILON 1.1920929e-7f
#define FLT_MIN 1.17549435e-38f
#define FLT_MAX 3.40282347e+38f
#define FLT_MANT_DIG 24
#define FLT_RADIX 2
#define FLT_EVAL_METHOD 0
#define DBL_EPSILON 2.2204460492503131e-16
#define DBL_MIN 2.2250738585072014e-308
#define DBL_MAX 1.7976931348623157e+308
#define DBL_MANT_DIG 53
#define DBL_MAX_EXP 1024
#define DBL_MIN_EXP (-1021)
#define LDBL_MANT_DIG 113
#define LDBL_MAX_EXP 16384
#define M_E 2.7182818284590452354
#define M_LOG2E 1.4426950408889634074
#define M_LOG10E 0.43429448190325182765
#define M_LN2 0.69314718055994530942
#define M_LN10 2.30258509299404568402
#define M_PI 3.14159265358979323846
#define M_PI_2 1.57079632679489661923
#define M_PI_4 0.78539816339744830962
#define M_1_PI 0.31830988618379067154
#define M_2_PI 0.63661977236758134308
#define M_SQRT2 1.41421356237309504880
#define M_SQRT1_2 0.70710678118654752440
#define INFINITY __builtin_inff()
#define NAN __builtin_nanf("")
#define HUGE_VAL __builtin_inf()
#define HUGE_VALF __builtin_inff()
#define isnan(x) ((x) != (x))
#define offsetof(type, member) __builtin_offsetof(type, member)
#define EOF (-1)
#define errno (*__errno_location())
#define EPERM 1
#define ENOENT 2
#define EIO 5
#define ENOMEM 12
#define EFAULT 14
#define EINVAL 22
#define ENOSPC 28
#define EDOM 33
#define ERANGE 34
#define ENOSYS 38
#define EOVERFLOW 75
#define LITTLE_ENDIAN 1234
#define BIG_ENDIAN 4321
#define BYTE_ORDER 1234
#define __LITTLE_ENDIAN 1234
#define __BIG_ENDIAN 4321
#define __BYTE_ORDER 1234
#define assert(...) ((void)0)
#define static_assert(...)
#define _Static_assert(...)
#define __attribute__(...)
#define __attribute(...)
#define __declspec(...)
#define __extension__
#define __inline inline
#define __inline__ inline
#define __forceinline inline
#define __restrict restrict
#define __restrict__ restrict
#define __const const
#define __const__ const
#define __volatile__ volatile
#define __signed signed
#define __signed__ signed
#define _Noreturn
#define _Alignas(x)
#define alignas(x)
#define __builtin_expect(x, y) (x)
#define __builtin_constant_p(x) 0
#define __builtin_unreachable() ((void)0)
#define __builtin_assume(x) ((void)0)
#define _Bool bool
#define __builtin_memcpy memcpy
#define __builtin_memset memset
#define __builtin_memmove memmove
#define __builtin_memcmp memcmp
#define __builtin_strlen strlen
#define __builtin_abs abs
#define __builtin_fabs fabs
#define __builtin_fabsf fabsf
#define __builtin_sqrt sqrt
#define __builtin_sqrtf sqrtf
#define __builtin_clzl __builtin_clz
#define __builtin_ctzl __builtin_ctz
#define __builtin_popcountl __builtin_popcount
#define __builtin_huge_val __builtin_inf
#define __builtin_huge_valf __builtin_inff
#define __builtin_prefetch(...) ((void)0)
#define __builtin_assume_aligned(x, ...) (x)
#undef __SIZEOF_INT128__
"""
)


@dataclass(frozen=True, slots=True)
class Preprocessed:
    """`text` without line markers; `starts`: offsets at which stretches begin, alternately of the file (the first) and of headers. `prototypes`:
    those of the headers, by the name of the function; the text is without them."""

    text: str
    starts: tuple[int, ...]
    prototypes: Mapping[str, str] = field(default_factory=dict)

    def own(self, offset: int) -> bool:
        """Whether the text at `offset` is the file's own."""
        return bisect.bisect_right(self.starts, offset) % 2 == 1


@cache
def _macros() -> Path:
    kept = cache_folder() / f"macros-{hashlib.sha256(MACROS.encode()).hexdigest()[:16]}.h"
    if not kept.is_file():
        temporary = kept.with_suffix(f".{os.getpid()}")
        temporary.write_text(MACROS)
        temporary.replace(kept)
    return kept


def preprocess(files: Sequence[Path], folders: Sequence[Path], *, root: Path, plus: bool = False) -> list[Preprocessed | None]:
    """Files one by one, their headers looked for in `folders`; None for one that is too long, or at which the preprocessor gave up.

    What `__FILE__` says is relative to `root`, and the day is always the same, so that the text depends on the files alone.

    One process does them all, since starting it is most of the work; if it does not come to an end, each file gets its own."""
    # The driver would start a second process, so this is what it would start.
    command = [
        zig(), "-cc1", "-E", "-triple", "wasm32-unknown-unknown", "-target-cpu", "mvp", "-std=gnu++20" if plus else "-std=gnu17", "-w",
        "-ferror-limit", "0", "-x", "c++" if plus else "c", "-imacros", _macros(),
        f"-fmacro-prefix-map={root}/=", "-source-date-epoch", "0", *(f"-I{folder}" for folder in folders), *files,
    ]  # fmt: skip
    try:
        done = subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS * max(1, len(files)) ** 0.5)
        texts = _split(done.stdout.decode("utf-8", "replace").splitlines(keepends=True), [str(f) for f in files])
    except subprocess.TimeoutExpired:
        texts = []
    if len(texts) < len(files):
        return [None] if len(files) == 1 else [preprocess([file], folders, root=root, plus=plus)[0] for file in files]
    return [_without_markers(lines, str(file)) for lines, file in zip(texts, files, strict=True)]


def _split(lines: list[str], files: Sequence[str]) -> list[list[str]]:
    """The output of each file: it starts with a marker of its name, and one of what is built in."""
    starts = []
    for i, line in enumerate(lines[:-1]):
        if line.startswith("#") and len(starts) < len(files) and '"<built-in>"' in lines[i + 1]:
            marker = _MARKER.match(line)
            if marker and marker[2] == _escaped(files[len(starts)]):
                starts.append(i)
    return [lines[a:b] for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]


def _escaped(file: str) -> str:
    return file.replace("\\", "\\\\").replace('"', '\\"')


def _without_markers(lines: Sequence[str], file: str) -> Preprocessed | None:
    if sum(map(len, lines)) > LARGEST:
        return None
    stretches: list[list[str]] = [[]]
    """Of headers and of the file, alternately; the first is of headers."""
    for line in lines:
        marker = _MARKER.match(line) if line.startswith("#") else None
        if marker:
            if (marker[2] == _escaped(file)) == (len(stretches) % 2 == 1):
                stretches.append([])
        elif not line.lstrip().startswith("#"):  # but a #pragma
            stretches[-1].append(line)
    prototypes: dict[str, str] = {}
    texts = ["".join(one) if i % 2 else without_prototypes("".join(one), prototypes) for i, one in enumerate(stretches)]
    return Preprocessed("".join(texts), tuple(accumulate(map(len, texts[:-1]))), prototypes)


_BRACES = re.compile(r"""[{}]|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""")
_PROTOTYPE = re.compile(r"(?:(?<=;)|\A)[^;=()]*\w\s*+\((?!\s*+\*)[^;=]*\)[^;=()]*+;")
_CALLED = re.compile(r"(\w+)\s*\(")


def without_prototypes(text: str, prototypes: dict[str, str]) -> str:
    """Text of a header without its prototypes, which are most of it; they go into `prototypes`, by the name of the function."""
    out: list[str] = []
    depth = start = 0

    def take(prototype: re.Match[str]) -> str:
        if "typedef" in prototype[0]:
            return prototype[0]
        name = _CALLED.search(prototype[0])
        if name:
            prototypes.setdefault(name[1], prototype[0])
        return ""

    def outside(end: int) -> str:
        return _PROTOTYPE.sub(take, text[start:end])

    for found in _BRACES.finditer(text):
        if found[0] == "{":
            if not depth:
                out.append(outside(found.start()))
                start = found.start()
            depth += 1
        elif found[0] == "}" and depth:
            depth -= 1
            if not depth:
                out.append(text[start : found.end()])
                start = found.end()
    out.append(text[start:] if depth else outside(len(text)))
    return "".join(out)
