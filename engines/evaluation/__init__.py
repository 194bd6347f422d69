"""How good a model is: shared by every supervised engine."""
