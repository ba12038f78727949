"""One command, one file: each holds ``command``. Found by their names."""
