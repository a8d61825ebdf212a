"""Illustrations that stand for photos of the demo shop's products: shaded, textured, cut out, drawn by code.

canvas.py     lit surfaces, back to front: light, shadows, finishes
shapes.py     outlines, bands, bodies of revolution, folds
textures.py   knit, weave, denim, wood, glaze
one file a kind of thing, with its designs
draw.py       "mug/speckled" and a colour -> picture
"""
