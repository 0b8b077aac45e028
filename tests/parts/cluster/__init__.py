"""Test the parts of a cluster's worker that need no engine."""
