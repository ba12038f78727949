"""What there is: subjects to judge and views to look things up in, by topic; built once, shared by all checks."""
