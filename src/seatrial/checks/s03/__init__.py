"""Section 03: Pod Security."""
