"""One editor for each kind of data."""
