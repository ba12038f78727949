"""For authors of checks: worlds in memory, and the real components to prove checks on."""
