"""Known answers on this machine."""
