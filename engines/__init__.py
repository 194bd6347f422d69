"""Everything that computes. Nothing in here knows Qt; see DESIGN in README, "How it is built"."""
