"""Looking and deciding: what counts as a Look, and how decisions are made, undone and redone."""
