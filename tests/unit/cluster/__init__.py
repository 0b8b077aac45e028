"""Test what a cluster decides without a database."""
