"""What is made from other files and committed: ``make docs`` writes it, a law compares it."""
