"""Functions and methods of a Rust file as C declares them, each with an entry point that C can call: what `reader` can't say of their types.

A method is `Type_method`, its receiver `self`. A slice, `&Vec` or `&str` is a pointer and a length behind it; an enum without data a number, a character
one too. What may be there is a truth value and the value: `Option<T>` as a result `bool f(.., T *out)`, as a parameter `bool has_x, T x`; `Result<T, E>` is
`bool f(.., T *out, E *error)`. A tuple is a struct, an array result is written through a pointer, of a slice that is given the length is.
Whose calling convention is not C's is marked to be inlined (`Found.inline`), so that its entry point, and what calls it, have its code.
Invariant: every function with a body is an `Entry` or has a reason. Limits: generic functions, closures and what `types` can't say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from transpile.corpus.rust.items import Item, items
from transpile.corpus.rust.types import VIEWS, Said, Types, Unsaid, angle_end, parts, plain, reference, with_article
from transpile.corpus.scanner import blank_rust, closing
from transpile.corpus.signature import UTF8, WIDTHS, Domain, Parameter, Signature, gather_structs, pointer_to

_IMPL = re.compile(r"(?:unsafe\s+)?impl\b\s*")
_SELF = re.compile(r"(?:(?P<by>&)\s*(?:'\w+\s+)?)?(?P<mut>mut\s+)?self")
_PARAMETER = re.compile(r"(?:mut\s+)?(?P<name>\w+|[&(].*?)\s*:(?!:)\s*(?P<type>.+)", re.S)


@dataclass(frozen=True, slots=True)
class Entry:
    """`text`: the entry point, on one line; `place`: where in the file it goes, None for behind all of it. `source`: the function itself."""

    signature: Signature
    text: str
    place: int | None
    source: str
    inline: int | None
    """Where the function starts, if it has to be inlined."""


@dataclass(frozen=True, slots=True)
class Entries:
    """Of a file: the entries by name, why other functions have none, and where attributes of layout go."""

    found: dict[str, Entry]
    reasons: dict[str, str]
    layouts: tuple[tuple[int, str], ...]
    names: list[str]
    """Of all of them, in the order of the file."""


@dataclass(slots=True)
class _Scope:
    """Where functions stand: names before theirs, how paths to them begin, what `Self` is, types that the implementation names, why none can be taken."""

    names: tuple[str, ...] = ()
    path: str = ""
    owner: str = ""
    types: dict[str, str] = field(default_factory=dict)
    place: int | None = None
    reason: str = ""


@dataclass(slots=True)
class _Call:
    """An entry point as it is put together: C's parameters, Rust's, and what the function is given."""

    parameters: list[Parameter] = field(default_factory=list)
    rust: list[str] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    """Items that the entry point needs."""
    as_c: bool = True
    """Whether the function itself has C's calling convention, as far as wasm's types go."""

    def take(self, name: str, type_: str, rust: str, *, pointer: bool = False, const: bool = False, length: bool = False,
             domain: Domain | None = None, reference: bool = False) -> None:  # fmt: skip
        position = len(self.parameters) + 1 if length else None
        self.parameters.append(Parameter(name, type_, pointer, const, position, domain=domain, reference=reference))
        self.rust.append(f"{name}: {rust}" if name != "self" else f"self_: {rust}")
        if length:
            self.parameters.append(Parameter(f"{name}_len", "usize"))
            self.rust.append(f"{name}_len: usize")


@lru_cache(maxsize=16)
def entries(text: str) -> Entries:
    """Of a file's text as it was written."""
    code = blank_rust(text)
    return _Reader(text, code).read()


class _Reader:
    def __init__(self, text: str, code: str) -> None:
        self.text, self.code, self.types = text, code, Types(code)
        self.out = Entries({}, {}, tuple(self.types.layouts()), [])

    def read(self) -> Entries:
        self._scope(0, len(self.code), _Scope())
        return self.out

    # ------------------------------------------------------------ where functions stand

    def _scope(self, start: int, stop: int, scope: _Scope) -> None:
        for item in items(self.code, start, stop):
            brace = self.code.find("{", item.start, item.end)
            if item.tested or brace < 0:
                continue
            if item.kind == "fn":
                self._function(item, scope)
            elif item.kind == "mod":
                inner = _Scope((*scope.names, item.name), "", place=item.end - 1)
                self._scope(brace + 1, item.end - 1, inner)
            elif item.kind == "impl":
                self._scope(brace + 1, item.end - 1, self._implementation(self.code[item.start : brace], brace, item, scope))
            elif item.kind == "trait":
                why = "is what a trait gives by itself: only its implementations are functions"
                self._scope(brace + 1, item.end - 1, _Scope((*scope.names, item.name), "", item.name, place=scope.place, reason=why))

    def _implementation(self, head: str, brace: int, item: Item, scope: _Scope) -> _Scope:
        start = _IMPL.match(head)
        at = start.end() if start else 0
        generic = ""
        if head[at : at + 1] == "<":
            end = angle_end(head, at)
            generic = ", ".join(p.partition(":")[0].removeprefix("const ").strip() for p in parts(head[at + 1 : end - 1]) if not p.startswith("'"))
            at = end
        rest = re.split(r"\bwhere\b", head[at:])[0].strip()
        trait, _, owner = rest.rpartition(" for ")
        owner = plain(owner)
        name = re.match(r"\w*", owner)
        inside = self.code[brace + 1 : item.end - 1]
        types = {f"Self::{m[1]}": plain(m[2]) for m in re.finditer(r"\btype\s+(\w+)\s*=\s*([^;]+);", inside)}
        reason = f"is generic over {generic}: only its instances are functions" if generic else ""
        path = f"<{owner} as {trait.strip()}>::" if trait else f"<{owner}>::"
        if not (name and name[0]):
            reason = reason or f"is a method of {with_article(owner)}"
        return _Scope((*scope.names, name[0] if name else ""), path, owner, types, scope.place, reason)

    # ------------------------------------------------------------ functions

    def _function(self, item: Item, scope: _Scope) -> None:
        name = "_".join(n for n in (*scope.names, item.name) if n)
        if name == "main" or (scope.reason and not scope.names[-1:]):
            return
        while name in self.out.found or name in self.out.reasons:
            name += "_"
        self.out.names.append(name)
        try:
            self.out.found[name] = self._entry(name, item, scope)
        except Unsaid as unsaid:
            self.out.reasons[name] = str(unsaid)

    def _entry(self, name: str, item: Item, scope: _Scope) -> Entry:
        if scope.reason:
            raise Unsaid(scope.reason)
        code = self.code
        found = re.compile(r"[^{(;]*?\bfn\s+\w+\s*").match(code, item.start)
        assert found
        at = found.end()
        if re.search(r"\basync\b", found[0]):
            raise Unsaid("is async: it runs by a library's rules")
        if code[at] == "<":
            end = angle_end(code, at)
            generic = [p.partition(":")[0].removeprefix("const ").strip() for p in parts(code[at + 1 : end - 1]) if not p.startswith("'")]
            if generic:
                raise Unsaid(f"is generic over {', '.join(generic)}: only its instances are functions")
            at = code.index("(", end - 1)
        end = closing(code, at) or at
        body = code.index("{", end)
        result = re.split(r"\bwhere\b", code[end + 1 : body].strip().removeprefix("->"))[0].strip()
        call = _Call()
        for k, part in enumerate(parts(code[at + 1 : end])):
            part = re.sub(r"^(?:#\s*\[[^\]]*\]\s*)+", "", part)
            own = _SELF.fullmatch(part)
            if own:
                type_ = ("&mut " if own["mut"] else "&") + scope.owner if own["by"] else scope.owner
                self._take(call, "self", type_)
                continue
            one = _PARAMETER.fullmatch(part)
            if one is None:
                raise Unsaid(f"takes {part}, which is not understood")
            called = one["name"] if re.fullmatch(r"[a-z]\w*", one["name"]) else f"p{k}"
            self._take(call, called, self._resolved(one["type"], scope))
        path = f"{scope.path}{item.name}"
        if "'static" in result:
            raise Unsaid(f"gives {with_article(result)}, text or data of the program's own, which is not written yet")
        gives, domain, rust, body_text = self._give(call, self._resolved(result, scope), f"{path}({', '.join(call.given)})")
        mentioned = [p.type for p in call.parameters] + ([gives] if gives else [])
        structs = gather_structs(mentioned, self.types.structs)
        signature = Signature(name, tuple(call.parameters), gives, structs, gives=domain)
        asserted = " ".join(self.types.asserted(one, structs) for one in structs if one.name in self.types.rust)
        text = (
            f'const _: () = {{ {" ".join(call.before)} #[export_name = "{name}"] pub unsafe extern "C" fn entry({", ".join(call.rust)}){rust} '
            f"{{ {body_text} }} {asserted} }};"
        )
        inline = None if call.as_c else item.start
        return Entry(signature, text, scope.place, self.text[item.start : item.end], inline)

    def _resolved(self, type_: str, scope: _Scope) -> str:
        type_ = plain(type_)
        for written, meant in scope.types.items():
            type_ = re.sub(rf"{written}\b", meant, type_)
        type_ = re.sub(r"\bSelf\b", scope.owner, type_) if scope.owner else type_
        return plain(self.types.aliases.get(type_, type_))

    # ------------------------------------------------------------ what they take

    def _take(self, call: _Call, name: str, text: str) -> None:
        try:
            self._taken(call, name, text, "self_" if name == "self" else name)
        except Unsaid as unsaid:
            raise Unsaid(f"takes {unsaid}") from None

    def _taken(self, call: _Call, name: str, text: str, own: str) -> None:
        types = self.types
        mutable = bool(re.match(r"&\s*mut\b", text))
        view = types.view(text)
        many = re.fullmatch(r"&\s*(Vec\s*<(.+)>|String)", text, re.S)
        if view and mutable and view.domain is UTF8:
            raise Unsaid(f"{with_article(text)}")
        if view or many:
            element = view or (types.said(many[2]) if many and many[2] else Said("u8", "u8", UTF8))
            call.take(name, element.type, f"*{'mut' if mutable else 'const'} {element.rust}", pointer=True, const=not mutable, length=True,
                      domain=element.domain, reference=True)  # fmt: skip
            made = f"core::slice::from_raw_parts{'_mut' if mutable else ''}({own}, {own}_len)"
            if many:
                # Nobody changes, drops or grows what is lent here.
                made = f"Vec::from_raw_parts({own} as *mut {element.rust}, {own}_len, {own}_len)"
                made = f"&*core::mem::ManuallyDrop::new({made if many[2] else f'String::from_utf8_unchecked({made})'})"
                call.as_c = False
            elif element.domain is UTF8:
                made = f"core::str::from_utf8_unchecked({made})"
            call.given.append(made)
            return
        optional = re.fullmatch(r"Option\s*<(.+)>", text, re.S)
        if led := reference(text):
            if VIEWS.match(led[0]):
                raise Unsaid(types.unsaid(text))
            said = types.said(led[0])
            if name == "self" and not led[1] and said.type in WIDTHS:
                # An enum's method: the number itself is what C would pass.
                call.take(name, said.type, said.rust, domain=said.domain)
                call.given.append(f"&{own}")
                call.as_c = False
                return
            call.take(name, said.type, f"*{'mut' if led[1] else 'const'} {said.rust}", pointer=True, const=not led[1], domain=said.domain,
                      reference=not optional)  # fmt: skip
            access = f"{own}.as_{'mut' if led[1] else 'ref'}()" if optional else f"&{'mut ' if led[1] else ''}*{own}"
            call.given.append(access)
            return
        said = types.said(optional[1] if optional else text)
        if optional:
            call.take(f"has_{name}", "bool", "bool")
            call.given.append(f"if has_{name} {{ Some({self._passed(call, name, said, own)}) }} else {{ None }}")
            call.as_c = False
        else:
            call.given.append(self._passed(call, name, said, own))

    def _passed(self, call: _Call, name: str, said: Said, own: str) -> str:
        """Take a value; Rust's expression of it."""
        if said.type.startswith("["):
            call.take(name, said.type, f"*const {said.rust}", pointer=True, const=True, domain=said.domain, reference=True)
            call.as_c = False
            return f"*{own}"
        if said.type in WIDTHS or said.type.startswith("*"):
            if said.type.startswith("*"):
                const = said.type.startswith("*const ")
                call.take(name, said.type.removeprefix("*const ").removeprefix("*"), said.rust, pointer=True, const=const)
            else:
                call.take(name, said.type, said.rust, domain=said.domain)
            return own
        call.as_c = False
        if said.rust.startswith("("):
            struct = self._local(call, said)
            call.take(name, said.type, struct)
            return f"({', '.join(f'{own}.{k}' for k in range(len(self.types.structs[said.type].fields)))},)"
        call.take(name, said.type, said.rust)
        return own

    def _local(self, call: _Call, said: Said) -> str:
        """A tuple as a struct of C's layout, which is Rust's own of no tuple."""
        call.before += [] if any(said.type in one for one in call.before) else [
            f"#[repr(C)] struct {said.type}({', '.join(p for p in parts(said.rust[1:-1]))});"
        ]
        return said.type

    # ------------------------------------------------------------ what they give

    def _give(self, call: _Call, text: str, made: str) -> tuple[str | None, Domain | None, str, str]:
        """(result, its domain, its type in Rust behind an arrow, the body of the entry point)."""
        if text in ("", "()"):
            return None, None, "", made
        try:
            return self._given(call, text, made)
        except Unsaid as unsaid:
            raise Unsaid(f"gives {unsaid}") from None

    def _given(self, call: _Call, text: str, made: str) -> tuple[str | None, Domain | None, str, str]:
        option = re.fullmatch(r"Option\s*<(.+)>", text, re.S)
        if (view := self.types.view(text)) and any(p.reference for p in call.parameters):
            # A part of what it was given: where that begins, and how long it is.
            call.as_c = False
            call.take("out_len", "usize", "*mut usize", pointer=True, reference=True)
            mutable = "mut" if re.match(r"&\s*mut\b", text) else "const"
            start = f"given.as_{'mut_' if mutable == 'mut' else ''}ptr()"
            body = f"let given = {made}; out_len.write(given.len()); {start}"
            return pointer_to(view.type, mutable == "const"), None, f" -> *{mutable} {view.rust}", body
        if reference(text) and not option:
            said = self.types.said(text)
            return said.type, None, f" -> {said.rust}", f"{made} as {said.rust}"
        if option and reference(text):
            said = self.types.said(text)
            null = "core::ptr::null_mut" if said.rust.startswith("*mut") else "core::ptr::null"
            return said.type, None, f" -> {said.rust}", f"match {made} {{ Some(given) => given as {said.rust}, None => {null}() }}"
        result = re.fullmatch(r"Result\s*<(.+)>", text, re.S)
        if option or result:
            call.as_c = False
            inner = parts(option[1] if option else result[1] if result else "")
            if result and len(inner) != 2:
                raise Unsaid(f"{with_article(text)}, whose error is not named here")
            good = self._out(call, inner[0], "out", text)
            if option:
                return "bool", None, " -> bool", f"match {made} {{ Some(given) => {{ {good} true }} None => false }}"
            bad = self._out(call, inner[1], "error", text)
            return "bool", None, " -> bool", f"match {made} {{ Ok(given) => {{ {good} true }} Err(given) => {{ {bad} false }} }}"
        said = self.types.said(text)
        if said.type in WIDTHS or said.type.startswith("*"):
            return said.type, said.domain, f" -> {said.rust}", made
        call.as_c = False
        if said.type.startswith("["):
            return None, None, "", f"let given = {made}; {self._out(call, text, 'out', text)}"
        if said.rust.startswith("("):
            struct = self._local(call, said)
            return said.type, None, f" -> {struct}", f"let given = {made}; {struct}({self._parts(said)})"
        return said.type, None, f" -> {said.rust}", made

    def _parts(self, said: Said) -> str:
        return ", ".join(f"given.{k}" for k in range(len(self.types.structs[said.type].fields)))

    def _out(self, call: _Call, text: str, name: str, whole: str) -> str:
        """Take an address for what comes out; the statement that writes `given` there."""
        if text == "()":
            return ""
        try:
            said = self.types.said(text)
        except Unsaid:
            raise Unsaid(f"{with_article(whole)}, {'whose error C has' if name == 'error' else 'which C has'} no type for") from None
        if said.type.startswith("*"):
            raise Unsaid(f"{with_article(whole)}, which C has no type for")
        taken = {p.name for p in call.parameters}
        while name in taken:
            name += "_"
        value = "given"
        rust = said.rust
        if rust.startswith("("):
            rust = self._local(call, said)
            value = f"{rust}({self._parts(said)})"
        call.take(name, said.type, f"*mut {rust}", pointer=True, domain=said.domain, reference=True)
        return f"{name}.write({value});"


def with_layouts(text: str, found: Entries, wanted: dict[str, Entry]) -> Iterator[str]:
    """A file's text in pieces, on the same lines: types with their layout, entry points in modules, and what has to be inlined marked."""
    put = list(found.layouts)
    put += [(one.inline, "#[inline(always)] ") for one in found.found.values() if one.inline is not None]
    put += [(one.place, f" {one.text} ") for one in wanted.values() if one.place is not None]
    at = 0
    for place, more in sorted(put, key=lambda one: one[0]):
        yield text[at:place]
        yield more
        at = place
    yield text[at:]
