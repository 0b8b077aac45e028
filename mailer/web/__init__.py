"""Show and do everything on local pages in a browser; no rule lives here."""
