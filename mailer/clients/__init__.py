"""Tell what mail programs make of a mail's HTML."""
