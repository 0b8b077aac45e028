"""Take an interview to a note in the interviewer's inbox: read, compose, check, seal, deliver exactly once."""

__version__ = "0.1.0"
