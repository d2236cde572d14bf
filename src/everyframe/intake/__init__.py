"""Taking exhibits in: plan, isolated workers, resume, progress."""
