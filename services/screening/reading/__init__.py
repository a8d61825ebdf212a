"""Reads what is written in a picture, as a shopper would: PP-OCRv6's finder of lines and reader of lines.

picture -> find_lines.py   where text stands: boxes of lines
        -> read_line.py    each line's letters, with how sure the model is
        -> ppocr_onnx.py   both models by onnxruntime, from the files in the wheel `rapidocr`
        -> likeness.py     how much of a wanted text was read
"""
