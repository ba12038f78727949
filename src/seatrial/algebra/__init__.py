"""How outcomes combine. Losing a fact never moves a result towards pass: the laws' tests prove it."""
