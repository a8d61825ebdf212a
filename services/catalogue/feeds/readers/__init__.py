"""From files to rows: which files, packed or not, in which format and encoding."""
