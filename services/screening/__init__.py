"""Whether an ad may be shown: checks of its words and pictures, each with its reason in words. Pure."""
