"""The command line: thin shells that parse, call one use case, and show what came of it."""
