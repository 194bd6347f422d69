"""Ways to judge and to improve what an engine has learned; each serves every engine that it fits."""
