"""C: compiled by zig's clang, linked by its wasm-ld, read and written with the names of <stdint.h>.

Invariant: what is compiled is treated as hostile. It may include the C library's headers by name and no other file, and may hold
no inline assembly (which can include files too) nor change line numbers.
Limit: the library's functions have no bodies here, but for memcpy and its kin; calls of others become imports.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from transpile.corpus import ir, zigcc
from transpile.corpus.c import standard
from transpile.corpus.c.clang_tidy import clang_tidy
from transpile.corpus.c.file import inline_includes, library, make_visible, with_library
from transpile.corpus.c.reader import CReader
from transpile.corpus.c.renderer import CRenderer
from transpile.corpus.c.types import declaration, named_in_functions
from transpile.corpus.c.variables import read_variables
from transpile.corpus.externs import STREAMS
from transpile.corpus.globals import Declaration, FunctionName, Global, Text, Value, functions_in, types_within
from transpile.corpus.language import Compilation, Diagnostic, Findings, Language
from transpile.corpus.libm import prototypes
from transpile.corpus.signature import Signature, Struct, is_address
from transpile.corpus.source import SourceFunction

STRICT = (
    "-Werror=implicit-function-declaration", "-Werror=implicit-int", "-Werror=int-conversion", "-Werror=incompatible-pointer-types",
    "-Werror=return-type", "-Werror=return-mismatch",
)  # fmt: skip
"""What old C let pass and hardly anyone means."""

CHECKS = (
    "-O1", "-mllvm", "-inline-threshold=1000",
    "-fsanitize=bounds,shift-exponent,float-cast-overflow", "-fsanitize-trap=all", "-ftrivial-auto-var-init=pattern",
)  # fmt: skip
"""For code that traps where an index leaves its array, a shift its width or a float its integer type; variables that nobody set hold what no one would
set them to. Calls are inlined, because an array's bounds are known only where the array itself is."""

WORDS = """
    auto break case char const continue default do double else enum extern float for goto if inline int long register restrict
    return short signed sizeof static struct switch typedef union unsigned void volatile while _Bool _Alignas _Alignof _Atomic _Noreturn
    _Static_assert bool true false NULL int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t size_t ptrdiff_t
    intptr_t uintptr_t SIZE_MAX INT_MAX INT_MIN UINT_MAX CHAR_BIT INFINITY NAN
    memcpy memset memmove memcmp strlen abs sqrt sqrtf floor floorf ceil ceilf trunc truncf fabs fabsf
    __builtin_clz __builtin_clzll __builtin_ctz __builtin_ctzll __builtin_popcount __builtin_popcountll __builtin_bswap16
    __builtin_bswap32 __builtin_bswap64 __builtin_inf __builtin_inff __builtin_nan __builtin_nanf __builtin_offsetof __attribute__ noinline
"""
LIMITS = {f"{sign}INT{bits}_{end}" for sign in ("", "U") for bits in (8, 16, 32, 64) for end in ("MIN", "MAX")}

PROLOGUE = """\
#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>
void *memcpy(void *, const void *, size_t);
void *memmove(void *, const void *, size_t);
void *memset(void *, int, size_t);
int memcmp(const void *, const void *, size_t);
size_t strlen(const char *);
int abs(int);
""" + "".join(f"double {name}(double);\nfloat {name}f(float);\n" for name in ("sqrt", "floor", "ceil", "trunc", "fabs")) + prototypes()

HEADERS = standard.HEADERS | {standard.ALL} | frozenset(
    """
    assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg stdatomic stdbool stdbit stdckdint
    stddef stdint stdio stdlib stdnoreturn string strings tgmath threads time uchar wchar wctype
    dirent fcntl getopt libgen malloc pthread regex sched search unistd values sys/stat sys/time sys/types
    bit cassert ccomplex cctype cerrno cfenv cfloat cinttypes ciso646 climits clocale cmath compare csetjmp csignal cstdalign cstdarg cstdbool cstddef
    cstdint cstdio cstdlib cstring ctgmath ctime cuchar cwchar cwctype limits type_traits version
    """.split()
)
"""What may be included: headers of the standard libraries of C and C++, and some of POSIX."""

_DIRECTIVE = re.compile(r"^[ \t\v\f]*(?:#|%:|\?\?=)[ \t\v\f]*(\w*)(.*)$")
_INCLUDE = re.compile(r'\s*(?:<((?:sys/)?\w+|bits/stdc\+\+)(?:\.h)?>|"(\w+)\.h")\s*$')
_INCLUDING = r"(?:#|%:)\s*+(?:include|include_next|import|embed|__include_macros)\b\s*+"
_HIDDEN = (
    (re.compile(rf'{_INCLUDING}["<](?:\s*/|[^">\n]*\.\.)'), "a file by its path"),
    (re.compile(rf"(?:#|%:)\s*+/\*|{_INCLUDING}/\*"), "a comment within a directive"),
    (re.compile(r'\b__has_(?:include|include_next|embed)\s*+\(\s*+["<](?:\s*/|[^">\n]*\.\.)'), "a question for a file by its path"),
    (re.compile(r"\bpragma\W+(?:GCC\W+|clang\W+)?(?:dependency|include_alias|__debug|module)\b"), "a pragma about other files"),
    (re.compile(r"_Pragma[^\n]{0,200}\b(?:dependency|include_alias|__debug)\b"), "a pragma about other files"),
    (re.compile(r'^[ \t]*+(?:export[ \t]+)?import\s*+["<]', re.M), "an imported header"),
)
_COMPUTED = re.compile(rf"{_INCLUDING}(\w+)")
_DEFINED = re.compile(r"(?:#|%:)\s*+define\s+(\w+)")
_ASSEMBLY = re.compile(r"\b(?:asm|__asm|__asm__)\b")
_ERROR = re.compile(r"^unit\.\w+:(\d+):(?:\d+:)? (?:fatal )?error: (.*)$", re.MULTILINE)
_FINDING = re.compile(r"^unit\.\w+:(\d+):(?:\d+:)? (?:fatal )?(error|warning): (.*)$", re.MULTILINE)
_ANY_ERROR = re.compile(r"^.*?(?:fatal )?error: (.*)$", re.MULTILINE)
_INSTANTIATED = re.compile(r"^unit\.\w+:(\d+):\d+: note: .*\brequested here$", re.MULTILINE)
_INCLUDED_FROM = re.compile(r"^In file included from unit\.\w+:(\d+):$", re.MULTILINE)


def _errors(said: str) -> tuple[Diagnostic, ...]:
    """What clang calls errors, at their lines of the unit; those in a header at the line that asks for a template, else the one that includes it."""
    found = []
    starts = list(_ANY_ERROR.finditer(said))
    for i, one in enumerate(starts):
        own = _ERROR.match(one[0])
        if not own:
            after = said[one.end() : starts[i + 1].start() if i + 1 < len(starts) else None]
            before = _INCLUDED_FROM.findall(said, starts[i - 1].end() if i else 0, one.start())
            own = _INSTANTIATED.search(after)
        line = own[1] if own else before[-1] if before else None
        found.append(Diagnostic(int(line) if line else None, one[1]))
    return tuple(found) if all(one.line is None for one in found) else tuple(one for one in found if one.line is not None)


_TYPE_WORDS = re.compile(r"(?<![\w'\"])(?:(?:unsigned|signed|char|short|int|long)\b[ \t]*)+(?!['\"\w])")


def _fixed_width(words: re.Match[str]) -> str:
    """`unsigned char` as uint8_t, `int` as int32_t, ...: wasm32's widths, where long has 32 bits and char a sign."""
    parts = words[0].split()
    bits = 8 if "char" in parts else 16 if "short" in parts else 64 if parts.count("long") == 2 else 32
    return f"{'u' if 'unsigned' in parts else ''}int{bits}_t" + words[0][len(words[0].rstrip()) :]


def screen(text: str) -> list[Diagnostic]:
    """What a unit must not hold: other files' text, inline assembly, changed line numbers."""
    found = []
    number, joined = 1, ""
    for i, line in enumerate(text.split("\n"), 1):
        joined += line.rstrip("\r")
        if joined.endswith("\\"):  # the line goes on
            joined = joined[:-1]
            continue
        if "#" in joined or "%:" in joined or "??=" in joined:
            code = _without_comments(joined)
            directive = _DIRECTIVE.match(code)
            if directive and directive[1] in {"include", "include_next", "import", "embed", "__include_macros"}:
                header = _INCLUDE.match(directive[2].split("//")[0])
                if not header or (header[1] or header[2]) not in HEADERS or directive[1] != "include":
                    found.append(Diagnostic(number, f"'{code.strip()}': only headers of the standard library can be included"))
            elif directive and (directive[1] == "line" or directive[1][:1].isdigit()):
                found.append(Diagnostic(number, "line directives are not supported"))
        if _ASSEMBLY.search(joined):
            found.append(Diagnostic(number, "inline assembly is not supported"))
        number, joined = i + 1, ""
    return found or _hidden(text)


def _hidden(text: str) -> list[Diagnostic]:
    """The same again, without trust in where comments and strings begin: nothing may so much as look like a path to include."""
    spliced = re.sub(r"\\[ \t\v\f\r]*\n", "", text)
    found = [(m.start(), what) for pattern, what in _HIDDEN for m in pattern.finditer(spliced)]
    macros = set(_DEFINED.findall(spliced))
    found += [(m.start(), "a computed include") for m in _COMPUTED.finditer(spliced) if m[1].startswith("__") or m[1] in macros]
    return [Diagnostic(spliced.count("\n", 0, at) + 1, f"not allowed here: {what}") for at, what in sorted(found)[:100]]


def _without_comments(line: str) -> str:
    """A line with each `/* ... */` as one space. (A regular expression would take quadratic time on a line of many `/*`.)"""
    parts, at = [], 0
    while (start := line.find("/*", at)) >= 0 and (end := line.find("*/", start + 2)) >= 0:
        parts.append(line[at:start])
        at = end + 2
    return " ".join([*parts, line[at:]])


PLAIN_TYPES = {
    "int32_t": ("int",), "uint32_t": ("unsigned int", "unsigned"), "int64_t": ("long long", "long"),
    "uint64_t": ("unsigned long long", "unsigned long"), "int16_t": ("short",), "uint16_t": ("unsigned short",),
    "int8_t": ("char", "signed char"), "uint8_t": ("unsigned char",),
}  # fmt: skip


class C(Language):
    name: ClassVar[str] = "c"
    title: ClassVar[str] = "C"
    suffixes: ClassVar[tuple[str, ...]] = (".c", ".h")
    keywords: ClassVar[frozenset[str]] = frozenset(WORDS.split()) | LIMITS
    plain_types: ClassVar[Mapping[str, tuple[str, ...]]] = PLAIN_TYPES
    checked: ClassVar[str] = "checked"
    as_written: ClassVar[str] = zigcc.AS_WRITTEN
    compiler: ClassVar[tuple[str, ...]] = ("cc", "-std=gnu17", *STRICT)
    reader: ClassVar[type[CReader]] = CReader
    renderer: ClassVar[type[CRenderer]] = CRenderer
    tags: ClassVar[bool] = True
    pointers: ClassVar[bool] = True
    externs: ClassVar[bool] = True
    tables: ClassVar[bool] = True
    in_order: ClassVar[bool] = True
    aligned: ClassVar[str] = "_Alignas"
    no_parameters: ClassVar[str] = "void"
    linkage: ClassVar[str] = ""
    no_linkage: ClassVar[bool] = False
    """Whether a constant is the file's own unless it says `extern`."""

    # ------------------------------------------------------------ toolchain

    def version(self) -> str:
        return f"zig cc {zigcc.zig_version()}"

    @property
    def prologue(self) -> str:
        return PROLOGUE

    def refused(self, text: str) -> tuple[Diagnostic, ...]:
        return tuple(screen(text))

    def _compile(self, text: str, level: str, seconds: float) -> Compilation:
        with zigcc.work_folder() as folder:
            unit = folder / f"unit{self.suffixes[0]}"
            unit.write_text(text, encoding="utf-8", errors="replace")
            done = zigcc.run(self._command(text, unit, CHECKS if level == self.checked else zigcc.level_flags(level)), folder, seconds)
            if done.ok:
                done = self._link(text, folder, seconds)
            if done.ok:
                return Compilation((folder / "unit.wasm").read_bytes())
        if done.timed_out:
            return Compilation(None, (Diagnostic(None, f"the compiler did not end within {seconds:g} seconds"),))
        errors = _errors(done.stderr)
        return Compilation(None, errors or (Diagnostic(None, done.stderr.strip()[-300:] or "the compiler failed"),))

    def _command(self, text: str, unit: Path, options: Sequence[str]) -> list[str | Path]:
        """What compiles a unit in its folder to `unit.o` there."""
        common = [flag for flag in zigcc.COMMON if flag != "-fno-inline" or options[: len(CHECKS)] != CHECKS]
        return [zigcc.zig(), self.compiler[0], *common, *self.compiler[1:], *options, "-c", unit.name, "-o", "unit.o"]

    def _link(self, text: str, folder: Path, seconds: float) -> zigcc.Completed:
        """`unit.o` to `unit.wasm`."""
        return zigcc.link([folder / "unit.o"], folder / "unit.wasm", seconds=seconds)

    def _check(self, text: str, seconds: float) -> Findings:
        with zigcc.work_folder() as folder:
            unit = folder / f"unit{self.suffixes[0]}"
            unit.write_text(text, encoding="utf-8", errors="replace")
            done = zigcc.run(self._command(text, unit, ("-Wall", "-Wextra", "-O0")), folder, seconds)
        found = {kind: tuple(Diagnostic(int(line), said) for line, what, said in _FINDING.findall(done.stderr) if what == kind)
                 for kind in ("error", "warning")}  # fmt: skip
        errors = found["error"]
        if not done.ok and not errors:
            errors = (Diagnostic(None, "the compiler failed"),)
        return Findings(errors, found["warning"], self.version())

    def _lint(self, text: str, seconds: float) -> Findings | None:
        return clang_tidy(text, f"unit{self.suffixes[0]}", self.compiler[1:], seconds)

    # ------------------------------------------------------------ writing what a signature determines

    def struct_type(self, name: str) -> str:
        return f"struct {name}"

    def write_struct(self, struct: Struct) -> str:
        def called(name: str) -> str:  # with `struct` it need not be known yet, in C++ either
            return self.struct_type(name) if name in held else f"struct {name}"

        held = {t[t.rindex("]") + 1 :] if t[0] == "[" else t for _, t in struct.fields}
        fields = "".join(f"    {declaration(type_, name, called)};\n" for name, type_ in struct.fields)
        if struct.align > 1:
            fields = fields.replace("    ", f"    {self.aligned}({struct.align}) ", 1)
        first = sorted({name for _, type_ in struct.fields for name in named_in_functions(type_)} - {struct.name})
        return "".join(f"struct {name};\n" for name in first) + f"struct {struct.name} {{\n{fields}}};"

    def write_global(self, one: Global, *, visible: bool = False) -> str:
        linkage = "extern " if one.constant and self.no_linkage else ""  # C++'s constants are the file's own
        head = (linkage if visible else "static ") + declaration(one.whole, one.name, self.struct_type, const=one.constant)
        spell = self.renderer(ir.Function(Signature("f0", ()), ()))

        def written(value: Value, type_: str) -> str:
            if isinstance(value, tuple):
                return f"{{{', '.join(map(written, value, types_within(type_, one.structs)))}}}"
            if isinstance(value, FunctionName):
                return value.name
            if isinstance(value, Text):
                return spell.expression(ir.Text(type_, value.characters)).text
            return "NULL" if is_address(type_) else spell.assigned(ir.Const(type_, value)).text

        values = ", ".join(written(v, one.type) for v in one.values)
        return f"{head} = {values if one.count is None else f'{{{values}}}'};" if values else f"{head};"

    def write_head(self, signature: Signature) -> str:
        """Result, name and parameters."""
        parameters = ", ".join(declaration(p.whole, p.name, self.struct_type) for p in signature.parameters)
        return declaration(signature.result or "void", f"{signature.name}({parameters or self.no_parameters})", self.struct_type)

    def write_header(self, signature: Signature) -> str:
        return self.write_head(signature) + " {"

    def write_prototype(self, signature: Signature) -> str:
        if signature.name in STREAMS:
            return f"{'' if self.linkage else 'extern '}void *{signature.name};"
        if not signature.variadic:
            return self.write_head(signature) + ";"
        # As the library declares it, which the compiler knows by heart.
        head = re.sub(r"\bint8_t\b", "char", re.sub(r"\bint32_t\b", "int", self.write_head(signature)))
        return head[:-1] + ", ...);"

    def write_entry(self, signature: Signature, *, always: bool = False) -> str:
        return ""

    def write_start(self, signature: Signature) -> str | None:
        if len(signature.parameters) != 2:
            return None
        count, texts = (p.name for p in signature.parameters)
        return f"int main(int {count}, char **{texts}) {{\n    return c_main({count}, (int8_t **) {texts});\n}}"

    def write_inner(self, source: SourceFunction, *, inline: bool) -> str:
        return self.linkage + source.text

    def write_private(self, text: str) -> str:
        return f"static {text}"

    def write_unit(self, source: SourceFunction, known: Collection[str] = ()) -> str:
        """A program; functions that call each other in a circle get prototypes first."""
        unit = super().write_unit(source, known)
        seen: list[str] = []
        late: dict[str, Signature] = {}

        def visit(one: SourceFunction) -> None:
            for callee in one.callees:
                visit(callee)
            if one.name not in late and any(re.search(rf"\b{one.name}\s*\(", text) for text in seen):
                late[one.name] = one.signature
            seen.append(one.text)

        seen += [f"{name}()" for one in _globals_of(source) for name in functions_in(one.values) if name not in known]
        if seen or any(c.callees or source.name in c.text for c in source.callees):
            visit(source)
        if not late:
            return unit
        return self.declare_functions(tuple(late.values())) + unit

    def declare_functions(self, signatures: Iterable[Signature]) -> str:
        structs = "".join(f"struct {name};\n" for name in dict.fromkeys(s.name for one in signatures for s in one.structs))
        return structs + "".join(f"{self.linkage}{self.write_prototype(one)}\n" for one in signatures)

    # ------------------------------------------------------------ reading and rendering

    file_header: ClassVar[str] = "#include <math.h>\n#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n"

    def gather(self, text: str, folder: Path) -> tuple[str, list[int]]:
        lines, numbers = inline_includes(text, folder)
        if self.name == "c":  # C++ has inline functions of these names in its headers
            lines, numbers = with_library(lines, numbers, self.definitions("\n".join(lines)))
        return "\n".join(lines), numbers

    def supplied(self, text: str) -> frozenset[str]:
        return frozenset(name for name, definition in library().items() if f"#undef {name}\n{definition}" in text) if "#undef" in text else frozenset()

    def expose(self, text: str, functions: Sequence[SourceFunction]) -> tuple[str, int]:
        return make_visible(text, [f.name for f in functions]) + "\n", 0

    def canonical_types(self, text: str) -> str:
        return _TYPE_WORDS.sub(_fixed_width, text)

    def read(self, text: str) -> list[SourceFunction]:
        return self.reader(text, self.name).functions()

    def read_variables(self, text: str) -> dict[str, Declaration]:
        return read_variables(self.reader(text, self.name))

    def _body(self, function: ir.Function, signatures: Mapping[str, Signature]) -> Sequence[str]:
        return [self.renderer(function).body()]


def _globals_of(source: SourceFunction) -> Iterator[Global]:
    yield from source.globals
    for callee in source.callees:
        yield from _globals_of(callee)


LANGUAGE = C()
