"""What it means: the pure rules of the field, on wire structs."""
