"""A normal form of WAT that keeps behaviour: two functions with the same one are identical."""
