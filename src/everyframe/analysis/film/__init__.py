"""Films: opened by their container, shown by a few moments, never decoded whole."""
