"""Zig: the reader, the renderer, casts and repairs."""
