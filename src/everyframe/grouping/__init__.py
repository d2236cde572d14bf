"""Folding what repeats, and linking what belongs together."""
