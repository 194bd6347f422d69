"""Drawing points on the plane."""
