"""Decoding, transpiling and judging over HTTP."""
