"""What is measured of a picture's pixels."""
