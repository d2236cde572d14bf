"""The hash-chained record of everything that was done to a case."""
