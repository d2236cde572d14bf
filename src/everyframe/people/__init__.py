"""People who work on a case: their accounts, what each role may do, and how they sign in."""
