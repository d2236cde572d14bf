"""One stage of analysis a file; the order is in ``pipeline``."""
