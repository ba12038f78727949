"""Section 20: Multi-Tenancy."""
