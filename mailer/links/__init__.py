"""Open the links of a note from this machine, when asked for, and never an address inside it."""
