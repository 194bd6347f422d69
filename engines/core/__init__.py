"""The contract between the algorithms and whatever shows them: data in, steps out."""
