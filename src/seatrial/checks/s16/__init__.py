"""Section 16: Autoscaling."""
