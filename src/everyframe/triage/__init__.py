"""The account, and the order of looking."""
