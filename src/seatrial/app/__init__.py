"""The use cases, and the one place where the real parts are put together."""
