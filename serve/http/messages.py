"""What is asked and what is replied, as the OpenAPI document shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from transpile.serve.decoder import default_checkpoint, trained_languages

SUM_WAT = """(module (memory (export "memory") 1)
  (func (export "sum") (param $p i32) (param $n i32) (result i32) (local $s i32)
    (block $done (loop $next
      (br_if $done (i32.eqz (local.get $n)))
      (local.set $s (i32.add (local.get $s) (i32.load (local.get $p))))
      (local.set $p (i32.add (local.get $p) (i32.const 4)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br $next)))
    (local.get $s)))"""
SUM_C = "int sum(const int *values, int n) {\n    int total = 0;\n    for (int i = 0; i < n; i++) total += values[i];\n    return total;\n}\n"
CANONICAL = "func i32 -> i32 ; local.get p0 i32.const 3 i32.mul end"


def _whole(value: Any) -> Any:
    """To JSON Schema, 3.0 is an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]
TargetLanguage = Literal["assemblyscript", "c", "cpp", "d", "go", "rust", "zig"]
SourceLanguage = Literal[TargetLanguage, "wasm", "wat"]
Identifier = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Wat = Annotated[str, Field(min_length=1, max_length=500_000)]
Stop = Annotated[str, Field(min_length=1, max_length=64)]
Status = Literal["identical", "proved", "tested", "mismatch", "compile_error", "wrong_signature", "inconclusive", "undecoded"]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Told(BaseModel):
    model_config = ConfigDict(extra="allow")


class ErrorDetail(_Told):
    message: str
    hint: str = Field(description="what to do about it")
    type: str = Field(description="a word for programs", examples=["invalid_request"])


class Error(_Told):
    """The form of every error."""

    error: ErrorDetail


class Names(_Asked):
    function: Identifier | None = None
    parameters: list[Identifier] = Field([], max_length=64)


class DecodeRequest(_Asked):
    """One function, as WAT or as wasm in base64, and the language to write it in."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                {"wat": SUM_WAT, "target_language": "rust", "signature": "int sum(const int *values, int n)", "n": 4, "verify": True},
                {"wat": CANONICAL, "target_language": "c", "n": 1},
            ],
            "oneOf": [
                {"required": [one], "properties": {one: {"type": "string"}, other: {"type": "null"}}} for one, other in (("wat", "wasm"), ("wasm", "wat"))
            ],
        },
    )

    wat: Wat | None = Field(None, description="a module's WAT, or the canonical text of one function")
    wasm: str | None = Field(None, min_length=1, max_length=1_000_000, description="a module's bytes in base64")
    function: str | None = Field(None, max_length=256, description="export to decode; may be left out if there is but one")
    target_language: TargetLanguage
    signature: str | None = Field(None, max_length=2000, description="a C prototype; without it, types are guessed from the wasm")
    names: Names | None = Field(None, description="names to write, where the signature has none or others")
    n: Whole = Field(1, ge=1, le=64, description="samples; equal ones are merged")
    temperature: float = Field(0.8, ge=0, le=5, description="0: greedy")
    top_p: float = Field(0.98, gt=0, le=1)
    seed: Annotated[int, Field(ge=0, lt=2**32), BeforeValidator(_whole)] | None = Field(None, description="the same seed gives the same candidates")
    constrained: bool = Field(False, description="write only what a grammar of the target language lets through (rust and c; engine vllm)")
    verify: bool = Field(False, description="compile and judge every candidate")
    inputs: Whole = Field(1024, ge=16, le=16384, description="test inputs a candidate")
    timeout: float | None = Field(None, gt=0, description="seconds; the service has a limit of its own")

    @model_validator(mode="after")
    def _one_source(self) -> DecodeRequest:
        if (self.wat is None) == (self.wasm is None):
            raise ValueError("give either wat or wasm")
        return self


class Counterexample(_Told):
    arguments: list[dict[str, Any]]
    expected: dict[str, Any]
    got: dict[str, Any]
    text: str


class Verdict(_Told):
    status: Status
    verified: bool
    inputs: int
    coverage: float | None
    evidence: str
    counterexample: Counterexample | None


class Candidate(_Told):
    code: str = Field(description="the function, formatted, with its names")
    canonical: str = Field(description="the same as the model wrote it")
    logprob: float
    verdict: Verdict | None = None


class DecodeReply(_Told):
    candidates: list[Candidate] = Field(description="the likeliest first")
    wat: str = Field(description="the canonical WAT that the model read")
    language: str


class TranspileRequest(_Asked):
    """A whole source file."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [{"source": SUM_C, "source_language": "c", "target_language": "rust"}],
        },
    )

    source: str = Field(min_length=1, max_length=1_000_000, description="the file's text; wasm in base64")
    source_language: SourceLanguage
    target_language: TargetLanguage
    name: str = Field("", max_length=64, pattern=r"^([A-Za-z0-9_][A-Za-z0-9_.-]*)?$", description="the file's name, for messages")
    only: list[str] = Field([], max_length=256, description="functions to translate, with what they call; all if empty")
    engine: Literal["all", "model", "lifter"] = "all"
    candidates: Whole = Field(64, ge=1, le=512)
    budget: float = Field(20.0, ge=0.1, le=300, description="seconds a function may take")
    seed: Whole = Field(0, ge=0, lt=2**31)
    inputs: Whole = Field(1024, ge=16, le=16384, description="test inputs a candidate")
    keep_unverified: bool = False
    include: list[Literal["wat", "original", "file", "report"]] = Field([], max_length=4, description="texts to add to the reply")


class StreamedTranspileRequest(TranspileRequest):
    stream: bool = Field(False, description="send each function as it is finished, as server-sent events")
    timeout: float | None = Field(None, gt=0, description="seconds; the service has a limit of its own")


class FunctionResult(_Told):
    name: str
    status: Status
    evidence: str
    engine: str
    candidates: int
    compiled: int
    inputs: int
    coverage: float | None
    seconds: float
    code: str | None
    variables: list[str] = Field(description="declarations of the variables of the file that the function names")
    needs_32_bit_pointers: bool = Field(description="whether it keeps addresses in memory as 32-bit numbers, and is right on wasm32 and the like alone")
    library: bool = Field(description="whether it is a function of the library that came along; these do not count in the summary")
    counterexample: Counterexample | None


class Summary(_Told):
    functions: int
    verified: int
    candidates: int
    compiled: int
    by_status: dict[str, int]
    seconds: float


class TranspileReply(_Told):
    """The object that `transpile --json` prints."""

    source: str
    target: str
    functions: list[FunctionResult]
    summary: Summary


class Progress(_Told):
    done: int
    total: int
    note: str = ""


class Job(_Told):
    id: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    progress: Progress
    created: float = Field(description="seconds since 1970")
    started: float | None
    finished: float | None


class Jobs(_Told):
    jobs: list[Job]


class Health(_Told):
    status: Literal["ok"]


class CompletionRequest(BaseModel):
    """OpenAI's form. The prompt is the *encoder's* input: canonical WAT of a function, or a module with one export."""

    model_config = ConfigDict(
        extra="ignore",
        strict=True,
        json_schema_extra={"examples": [{"model": "transpile-rust", "prompt": CANONICAL, "n": 2, "temperature": 0.8, "max_tokens": 256}]},
    )

    model: str = Field(
        max_length=64,
        description="one of /v1/models: they differ in the language written",
    )
    prompt: Wat | Annotated[list[Wat], Field(min_length=1, max_length=8)] = Field(
        description="canonical WAT of a function, or WAT of a module that exports one"
    )
    prelude: str | None = Field(None, max_length=4000, description="canonical start that the decoder continues, up to the header's brace")
    signature: str | None = Field(None, max_length=2000, description="a C prototype to make the prelude of")
    max_tokens: Annotated[int, Field(ge=1), BeforeValidator(_whole)] | None = Field(None, description="at most 768, which is also the default")
    n: Whole = Field(1, ge=1, le=64)
    best_of: Annotated[int, Field(ge=1), BeforeValidator(_whole)] | None = Field(None, description="n, if given: every sample is returned")
    temperature: float | None = Field(1.0, ge=0, le=5)
    top_p: float | None = Field(1.0, gt=0, le=1)
    seed: Annotated[int, Field(ge=0, lt=2**32), BeforeValidator(_whole)] | None = Field(None)
    stream: bool | None = False
    stream_options: dict[str, Any] | None = None
    stop: Stop | Annotated[list[Stop], Field(max_length=4)] | None = None
    logprobs: Annotated[int, Field(ge=0, le=5), BeforeValidator(_whole)] | None = Field(None, description="any number: those of the tokens written")
    echo: bool | None = Field(False, description="begin the text with the prelude")
    constrained: bool = Field(False, description="write only what a grammar of the target language lets through (rust and c; engine vllm)")
    timeout: float | None = Field(None, gt=0)

    def prompts(self) -> list[str]:
        return [self.prompt] if isinstance(self.prompt, str) else self.prompt

    def stops(self) -> list[str]:
        return [] if self.stop is None else [self.stop] if isinstance(self.stop, str) else self.stop


class Choice(_Told):
    index: int
    text: str
    finish_reason: Literal["stop", "length"] | None
    logprobs: dict[str, Any] | None


class Usage(_Told):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Completion(_Told):
    id: str
    object: Literal["text_completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Usage | None = None


class Model(_Told):
    id: str
    object: Literal["model"]
    created: int
    owned_by: str


def models_of(checkpoint: Path | None) -> dict[str, str]:
    """The names by which a completion asks for a language, and that language: those that a checkpoint was trained on. Rules write the others."""
    trained = trained_languages(checkpoint or default_checkpoint())
    return {f"transpile-{language}": language for language in get_args(TargetLanguage) if not trained or language in trained}


class Models(_Told):
    object: Literal["list"]
    data: list[Model]
