"""A learned transpiler that goes through WebAssembly."""
