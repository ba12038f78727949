"""What the systems say: one struct per kind, decoded from JSON and encoded back."""
