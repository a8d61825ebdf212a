"""From a shop's photo to a product that ads can show: decoded, cut out of its ground or framed, and measured.

`prepare.py` is the whole way. A mask comes from the file itself, from a plain ground (`plain_ground.py`), or from a
model (`cut_out.py`, `u2net_onnx.py`) that looks twice, with doubts settled by colour (`colour_model.py`); `judge.py`
decides whether it may be shown; `matting.py` gives it soft edges in its own colours, and `threads.py` takes off what
hangs on it. What a model drew has a way of its own (`drawing.py`).
"""
