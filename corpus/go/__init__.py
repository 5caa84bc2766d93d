"""Go: from the Go compiler's objects to wasm, the reader and the renderer."""
