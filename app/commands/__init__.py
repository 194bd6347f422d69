"""What `sandtable` does without a window. Nothing in here needs Qt."""
