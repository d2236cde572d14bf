"""What goes out of a case and comes into one, in the field's own formats."""
