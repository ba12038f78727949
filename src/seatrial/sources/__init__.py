"""The only code that reaches out: each source answers needs of its kind and turns faults into gaps."""
