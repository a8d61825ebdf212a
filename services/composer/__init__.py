"""From a brief to a picture: photos, type, colours, layouts. Pure: pixels in, pixels out."""
