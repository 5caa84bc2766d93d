"""One vocabulary over canonical WAT and canonical source of all languages.

Words (opcodes, canonical names, keywords, operators) are one token each, with the space before them; numbers are one token a digit.
A few pairs that always go together (`local.get p0`, `br_if l1`, `let mut`, `as usize`, `) ;`) are one token, which shortens both
sides by a third. A word outside the vocabulary falls back to its characters, so that encoding is lossless on ASCII:
decode(encode(x)) == x for every canonical text. Ids 0 to 3 are <s> <pad> </s> <unk>: pad must be 1 and </s> 2 (see DESIGN).
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from transpile.corpus.errors import TranspileError
from transpile.corpus.wasm.opcodes import OPCODES

if TYPE_CHECKING:
    from tokenizers import Tokenizer

BEGIN, PAD, END, UNKNOWN = 0, 1, 2, 3
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
TASKS = ("<decode>", "<optimize>", "<fix>")
LANGUAGES = ("c", "cpp", "zig", "rust", "go", "d", "assemblyscript", "nim", "python", "swift", "java", "kotlin")
SPARE = tuple(f"<spare{i}>" for i in range(32))

_SPACE = "\u2581"
_PAIRS = (
    r"\s local\.(?:get|set|tee) \s [pv]\d+ | \s br(?:_if)? \s l\d+ | \s (?:block|loop) \s l\d+ | \s global\.(?:get|set) \s \w+"
    r"| \s let \s mut (?=\s) | \s as \s [iuf](?:8|16|32|64|size) (?=\s) | \s \) \s ; | \s \( \s \) | \s \. \s len (?=\s)"
    r"| \s else \s \{ | \s ; \s \} | \s for \s \( | \s while \s \( | \s if \s \( | \s const \s (?=[a-z])"
)
_PATTERN = (
    (_PAIRS + r"| \s 0x | \s -?\d | \s [^\s]+ | [iuf](?:8|16|32|64|size)(?=\s|$) | [^\s] | \s").replace(" ", "").replace(r"\s", _SPACE)
)


def language_tag(name: str) -> str:
    """The decoder's language token, `<rust>`. Raises TranspileError for a language without one."""
    if name not in LANGUAGES:
        raise TranspileError(f"the vocabulary has no tag for '{name}'", hint=f"tags are: {', '.join(LANGUAGES)}")
    return f"<{name}>"


def _pre_tokenizer():
    from tokenizers import Regex, pre_tokenizers

    return pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(prepend_scheme="always", split=False), pre_tokenizers.Split(Regex(_PATTERN), behavior="isolated")]
    )


def train(texts: Iterable[str], *, size: int = 1024, known: Tokenizer | None = None) -> Tokenizer:
    """Count the words of canonical texts and keep those that save most tokens: at most `size` tokens, rounded up to a multiple of 8.

    `known`: a vocabulary that keeps its ids; the new words come behind it, so that a network can go on (`model.train`).
    """
    from tokenizers import Tokenizer, decoders, models

    splitter = _pre_tokenizer()
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(piece for piece, _ in splitter.pre_tokenize_str(text))
    fixed = [*SPECIAL, *TASKS, *(f"<{name}>" for name in LANGUAGES), *SPARE, _SPACE]
    fixed += (
        [c for c in string.printable if not c.isspace()] + [_SPACE + d for d in string.digits] + [f"{_SPACE}-{d}" for d in string.digits]
    )
    fixed += [f"{_SPACE}{name}" for name in OPCODES if counts[f"{_SPACE}{name}"] or name.split(".")[0] in ("i32", "i64", "f32", "f64")]
    fixed += [f"{_SPACE}local.{op}{_SPACE}{kind}{i}" for op in ("get", "set", "tee") for kind, n in (("p", 6), ("v", 16)) for i in range(n)]
    ids = known.get_vocab() if known else {}
    tokens = sorted(ids, key=ids.__getitem__) or list(dict.fromkeys(fixed))
    if size < len(tokens):
        raise TranspileError(f"a vocabulary of {size} is too small", hint=f"the {'known' if known else 'fixed'} tokens alone are {len(tokens)}")
    there = set(tokens)
    words = {p: n for p, n in counts.items() if p not in there and p.isprintable() and p[0] != "<" and '"' not in p}
    tokens += sorted(words, key=lambda p: (-words[p] * (len(p) - 1), p))[: size - len(tokens)]
    tokens += [f"<unused{i}>" for i in range(len(tokens), len(tokens) + -len(tokens) % 8)]
    tokenizer = Tokenizer(
        models.WordPiece(
            {t: i for i, t in enumerate(tokens)}, unk_token="<unk>", continuing_subword_prefix="", max_input_chars_per_word=4096
        )
    )
    tokenizer.pre_tokenizer = splitter
    # Not decoders.Metaspace: it drops the inner spaces of a first token such as `let mut`.
    tokenizer.decoder = decoders.Sequence([decoders.Replace(_SPACE, " "), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.add_special_tokens([*SPECIAL, *TASKS, *(f"<{name}>" for name in LANGUAGES), *SPARE])
    return tokenizer


def spelling(tokenizer: Tokenizer, token: str, below: int) -> list[int]:
    """How a token was spelled while the vocabulary had `below` ids: the longest known pieces from its start on."""
    out: list[int] = []
    while token:
        pieces = ((i, n) for n in range(len(token), 0, -1) if (i := tokenizer.token_to_id(token[:n])) is not None and i < below)
        i, n = next(pieces, (UNKNOWN, 1))
        out.append(i)
        token = token[n:]
    return out


def load(path: str | Path) -> Tokenizer:
    """A trained tokenizer.json. Raises TranspileError where it is missing or broken."""
    from tokenizers import Tokenizer

    path = Path(path)
    if not path.is_file():
        raise TranspileError(
            f"no tokenizer at {path}", hint="train one with `tokenizer train CORPUS --out FILE`, or name the exported model folder"
        )
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the binding raises bare Exception
        raise TranspileError(f"{path} is not a tokenizer: {error}", hint="the file is damaged; export the model again") from error


def encode_wat(tokenizer: Tokenizer, text: str) -> list[int]:
    """Encoder input: task tag, canonical WAT, </s>."""
    return [tokenizer.token_to_id("<decode>"), *tokenizer.encode(text, add_special_tokens=False).ids, END]


def encode_prefix(tokenizer: Tokenizer, language: str, prelude: str) -> list[int]:
    """Decoder prefix: </s>, language tag, and the canonical prelude (up to and with the `{` of the header)."""
    return [END, tokenizer.token_to_id(language_tag(language)), *tokenizer.encode(prelude, add_special_tokens=False).ids]


def encode_target(tokenizer: Tokenizer, language: str, prelude: str, body: str) -> list[int]:
    """Whole decoder sequence: prefix, body, </s>. The prefix's tokens do not depend on the body (tested)."""
    return [*encode_prefix(tokenizer, language, prelude), *tokenizer.encode(body, add_special_tokens=False).ids, END]


def decode(tokenizer: Tokenizer, ids: Sequence[int]) -> str:
    """Canonical text of ids, special tokens dropped."""
    return tokenizer.decode(list(ids), skip_special_tokens=True)
