"""Words of a library in messages of ours: one line, which a terminal shows and does not obey."""

from __future__ import annotations


def one_line(words: object) -> str:
    r"""The words with single spaces, and with U+FFFD for each character that cannot be printed.

    >>> one_line(ValueError("Invalid data\n")), one_line("type:\x0f  \x1b[2J")
    ('Invalid data', 'type:\ufffd \ufffd[2J')
    """
    text = " ".join(str(words).split())
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
