"""From cells to values: what a cell says of a price, a time, a text, a link."""
