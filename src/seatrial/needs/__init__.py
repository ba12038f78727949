"""The questions that can be asked, one file per source."""
