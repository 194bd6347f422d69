"""The kinds of picture an engine can show; ``app.views`` holds the one view of each."""
