"""Words that no ad of a shop says, whatever its product: word lists, a classifier of offence, the shop's own list."""
