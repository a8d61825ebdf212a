"""The `adloom` command, one file a command; `main.py` finds them."""
