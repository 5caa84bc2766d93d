"""AssemblyScript: the compiler in a node of its own, the reader and the renderer."""
