"""Views, clicks and orders become each shopper's profile, readable through Feast within a second."""
