"""An experiment being run: its runner, its timeline, its state. No widgets in here."""
