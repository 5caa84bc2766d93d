"""wasm modules: reading them, canonical WAT, wasm-opt, fuel."""
