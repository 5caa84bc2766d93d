"""Grammars of bodies in canonical text, as EBNF for xgrammar: what an engine that takes a grammar may write for one function.

Balanced: brackets, statements and operators fall into place, and the text ends where the body does. Typed as far as a context-free grammar goes:
only names of the function's own parameters and callees (in C with their number of arguments) and fields of its structs; conditions are truth values,
which in Rust differ from numbers; `return` has a value where the function has a result, and in Rust it is of the result's kind. Widths of integers
and whether a local exists are not checked: that takes a compiler. Languages: Rust and C; vLLM takes grammars, CTranslate2 does not.

Rules are written over words, `'let'`; each stands with the space before it, which the vocabulary spells as its own character.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from transpile.corpus.errors import TranspileError
from transpile.corpus.signature import Signature

_SPACE = "\u2581"

_RUST = r"""
root ::= block_rest
block ::= '{' block_rest
block_rest ::= statement* tail? '}'
statement ::= let | control | action ';' | leave ';' | ';'
let ::= 'let' pattern (':' type)? '=' value ';' | 'let' 'mut'? local (':' type)? ';' | 'let' pattern '=' value 'else' block ';'
pattern ::= 'mut'? name | ('&' | '&&') 'mut'? name | '_' | '(' pattern (',' pattern)* ','? ')' | '[' pattern (',' pattern)* ']' | variant '(' pattern ')'
variant ::= 'Some' | 'Ok' | 'Err'
action ::= target assignment value | target '=' value | call
assignment ::= '+=' | '-=' | '*=' | '/=' | '%=' | '&=' | '|=' | '^=' | '<<=' | '>>='
target ::= '*'* postfix | '(' target (',' target)* ')' | '_'
leave ::= 'return' %result% | 'break' label? value? | 'continue' label?
label ::= "▁'" [a-z] [a-z0-9_]*
control ::= (label ':')? ('while' condition block | 'loop' block | 'for' pattern 'in' range block | block) | 'unsafe' block | if | match
if ::= 'if' condition block ('else' 'if' condition block)* ('else' block)?
match ::= 'match' value '{' (case '=>' (body ',' | block ','?))* (case '=>' body)? '}'
case ::= option ('|' option)* ('if' condition)?
option ::= '_' | literal (('..=' | '..') literal)? | literal '..' | '(' option (',' option)* ')' | variant '(' pattern ')' | 'None' | name
body ::= action | leave | value
condition ::= truth | 'let' option '=' value
truth ::= conjunction ('||' conjunction)*
conjunction ::= fact ('&&' fact)*
fact ::= '!' fact | number comparison number | 'true' | 'false' | '(' truth ')' | '*'* postfix | if_value | 'matches' '!' '(' value ',' option ('|' option)* ')'
comparison ::= '==' | '!=' | '<' | '<=' | '>' | '>='
value ::= range | truth | closure
range ::= number | number? ('..' | '..=') number?
number ::= unary (operator unary)*
operator ::= '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>'
unary ::= ('-' | '!' | '*' | '&' 'mut'?)* postfix ('as' type)*
postfix ::= primary step*
step ::= '[' range ']' | '.' method group | '.' field | '?' | '.' [0-9]
primary ::= name | literal | '(' value (',' value)* ','? ')' | call_of | path | if_value | match | 'unsafe' block | array
 | struct '{' (field (':' value)? (',' field (':' value)?)* ','?)? '}'
if_value ::= 'if' condition block ('else' 'if' condition block)* 'else' block
array ::= '[' (value (',' value)* ','? | value ';' value)? ']'
call ::= primary step+ | call_of | path
group ::= '(' (value (',' value)* ','?)? ')' | '::' '<' type '>' '(' ')'
closure ::= '|' pattern (',' pattern)* '|' (value | action | block)
method ::= "▁" [a-z] [a-z0-9_]*
path ::= (scalar | 'core' | 'std' | 'Some' | 'Ok' | 'Option') ('::' "▁" [A-Za-z_] [A-Za-z0-9_]*)* group? | 'None' | 'panic' '!' '(' ')'
type ::= scalar | '&' 'mut'? type | '*' ('const' | 'mut') type | '[' type (';' literal)? ']' | struct | '_'
scalar ::= 'i8' | 'i16' | 'i32' | 'i64' | 'u8' | 'u16' | 'u32' | 'u64' | 'usize' | 'isize' | 'f32' | 'f64' | 'bool' | 'char'
literal ::= '-'? "▁" [0-9] [0-9a-zA-Z_.]* ("e-" [0-9]+ [a-z0-9]*)? | "▁" "b"? "'" ([^'\\▁] | "\\" [^▁] [0-9a-f]* | " " | "▁") "'"
"""

_C = r"""
root ::= block_rest
block ::= '{' block_rest
block_rest ::= statement* '}'
statement ::= declaration ';' | block | expression ';' | leave ';' | 'if' condition statement ('else' statement)? | 'while' condition statement
 | 'do' statement 'while' condition ';' | 'for' '(' (declaration | expression)? ';' expression? ';' expression? ')' statement
 | 'switch' condition '{' case* '}' | label ':' | ';'
case ::= ('case' sum ':' | 'default' ':') statement*
condition ::= '(' expression ')'
label ::= "▁" [a-z] [a-z0-9_]*
leave ::= 'return' %result% | 'break' | 'continue' | 'goto' label
declaration ::= 'static'? 'const'? type declared (',' declared)*
declared ::= '*'* 'const'? local ('[' expression? ']')* ('=' (assigned | braces))?
braces ::= '{' (item (',' item)* ','?)? '}'
item ::= ('.' field '=')? (assigned | braces)
expression ::= assigned (',' assigned)*
assigned ::= sum ('?' expression ':' assigned)? | unary assignment assigned
assignment ::= '=' | '+=' | '-=' | '*=' | '/=' | '%=' | '&=' | '|=' | '^=' | '<<=' | '>>='
sum ::= unary (operator unary)*
operator ::= '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '&&' | '||'
unary ::= ('-' | '!' | '~' | '*' | '&' | '+' | '++' | '--' | '(' 'const'? type '*'* ')')* postfix
postfix ::= primary ('[' expression ']' | '->' field | '.' field | '++' | '--')*
primary ::= name | literal | '(' expression ')' | call_of | library | limit | 'sizeof' '(' (type '*'* | expression) ')' | '(' type ')' braces
library ::= "▁" [a-z_] [a-zA-Z_] [a-zA-Z0-9_]* '(' (assigned (',' assigned)*)? ')'
limit ::= "▁" [A-Z] [A-Z0-9_]+
type ::= 'unsigned'? ('char' | 'short' | 'int' | 'long' 'long'? 'int'? ) | 'signed' 'char' | 'unsigned' | 'float' | 'double' | 'bool' | '_Bool' | 'size_t'
 | "▁" "u"? "int" ("8" | "16" | "32" | "64" | "ptr") "_t" | struct
literal ::= "▁" [0-9.] [0-9a-zA-Z_.]* (("e" | "p") [-+]? [0-9]+ [a-zA-Z]*)? | 'true' | 'false'
 | "▁" "'" ([^'\\▁] | "\\" [^▁] [0-9a-fx]* | " " | "▁") "'"
"""

def grammar(language: str, signature: Signature, callees: Sequence[Signature] = ()) -> str:
    """The body's grammar for a function of a canonical signature and canonical callees. Raises TranspileError for a language without one."""
    if language not in ("rust", "c"):
        raise TranspileError(f"there is no grammar of {language}", hint="grammars are there for rust and c")
    structs = [s for one in (signature, *callees) for s in one.structs]
    fields = sorted({name for s in structs for name, _ in s.fields})
    shape = (_RUST if language == "rust" else _C).strip()
    if not fields:  # behind a dot nothing could come
        shape = re.sub(r"\('\.' field '='\)\? | \| '(?:->|\.)' field", "", shape)
    rules = [
        *shape.splitlines(),
        *([f"tail ::= {'value' if signature.result else 'action | value'}"] if language == "rust" else []),
        f"name ::= {_any([p.name for p in signature.parameters], 'local')}",
        'local ::= "▁v" [0-9] [0-9]? [0-9]?' + (" | " + _any([p.name for p in signature.parameters]) if language == "rust" and signature.parameters else ""),
        *([f"field ::= {_any(fields) or _NEVER}"] if re.search(r"\bfield\b", shape) else []),
        f"struct ::= {_any([f'struct {s.name}' if language == 'c' else s.name for s in structs]) or _NEVER}",
        f"call_of ::= {' | '.join(_call(c, language) for c in (signature, *callees))}",
    ]
    value = "" if signature.result is None else "expression" if language == "c" else "truth" if signature.result == "bool" else "value"
    return "\n".join(_words(rule.replace("%result%", value)) for rule in rules) + "\n"


_NEVER = '"\\u0000"'
"""Stands where nothing may."""


def _any(names: Sequence[str], *rules: str) -> str:
    return " | ".join([*("'" + name + "'" for name in names), *rules])


def _call(callee: Signature, language: str) -> str:
    """A call: in C with as many arguments as there are parameters; in Rust, where some of those are in a slice, with any number."""
    count = len(callee.parameters)
    arguments = " ',' ".join(["assigned"] * count) if language == "c" else "(value (',' value)* ','?)?"
    return f"'{callee.name}' '(' {arguments} ')'"


def _words(rule: str) -> str:
    """`'let mut'` as the literals that the vocabulary has; what is in double quotes or a class stays."""

    def literal(found: re.Match[str]) -> str:
        text = found[1]
        return found[0] if text is None else '"' + "".join(_SPACE + word for word in text.split()).replace("\\", "\\\\") + '"'

    return re.sub(r'"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\](?=[ ?*+)]|$)|\'([^\']+)\'', literal, rule)
