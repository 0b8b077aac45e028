"""Take a finished note apart for somebody who wants to see it."""
