"""Drawing, sorting and multiplying pictures."""
