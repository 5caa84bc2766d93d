"""C: the reader, the renderer, and what they share; libc.c is the C library that cut-out functions may call."""
