"""One check, one file: ``sNN/<claim>.py``. Found by their place; there is no list of them."""
