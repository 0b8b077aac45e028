"""Kill workers at hundreds of moments against a server that misbehaves, and hold what became of every note to account."""
