"""The weights that ship: an exported checkpoint (see README.md beside this file)."""
