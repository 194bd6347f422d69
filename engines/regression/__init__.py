"""Numbers that are learned from numbers."""
