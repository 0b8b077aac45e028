"""The command line, run as its user runs it, against real servers and files."""
