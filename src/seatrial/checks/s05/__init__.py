"""Section 05: Network Security."""
