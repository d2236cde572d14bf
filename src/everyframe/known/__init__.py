"""Known sets: reading them, keeping them one beside the other, and finding digests in them."""
