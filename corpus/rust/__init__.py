"""Rust: the reader, the renderer, rustc's messages and the repairs they give, the library for wasm32."""
