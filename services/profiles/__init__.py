"""Stage 2: turns views, clicks and orders into each shopper's profile, readable through Feast within a second."""
