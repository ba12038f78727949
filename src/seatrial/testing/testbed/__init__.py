"""The real components: built from pinned Go modules, started on loopback, taken down again."""
