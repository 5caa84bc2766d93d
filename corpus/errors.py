"""The root of the exceptions that this project raises on purpose.

What the operator did wrong is an exception; what the model did wrong is a verdict.
"""


class TranspileError(Exception):
    """Something a person can mend: one line of what is wrong, and a hint of what to do."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class MissingCompiler(TranspileError):
    """A compiler that the work needs is not installed; the hint says how to get it."""


class CompileError(TranspileError):
    """Source given by the operator does not compile; the message carries the compiler's own first error."""
