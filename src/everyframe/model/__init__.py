"""The nouns, as frozen dataclasses and enumerations; no input or output."""
