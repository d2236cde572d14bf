"""The review in a browser: pages, the interface they call, and the border that guards both."""
