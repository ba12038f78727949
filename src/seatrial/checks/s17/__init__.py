"""Section 17: Workload Management."""
