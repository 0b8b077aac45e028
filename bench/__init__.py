"""Measure mailer against its peers: ratios within one run, in alternation, medians of five."""
