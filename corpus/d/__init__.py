"""D: the reader, the renderer, and how modules are laid out."""
