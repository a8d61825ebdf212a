"""Whether an ad may be shown: one verdict of checks of its file, picture and words, each with its reason in words.

screen.py        the verdict: `of_file`, `of_picture`, `of_reading`, `of_words`, each asked as `policy.toml` says
judges.py        the models, each read as a file of a wheel; where one is missing, its checks are unmeasured
reading/         what is written in a picture     pictures/  what is measured of its pixels
words/           unsafe words                     claims/    what the words claim, and what supports it
"""
