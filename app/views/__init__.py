"""One view for each kind of picture: layers on the plane and cards below it."""
