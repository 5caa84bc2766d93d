"""The judge: is a translation the same as its original, and by what evidence."""
