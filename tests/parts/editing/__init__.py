"""The verbs with which pages write interview files, on real files."""
