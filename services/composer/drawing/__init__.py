"""What pictures of ads are drawn with: colours, typefaces, lines of text, photos."""
