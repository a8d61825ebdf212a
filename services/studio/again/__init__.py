"""Screens ads again that another version of the screen has judged.

judged.py     which ads those are, by their messages      turns.py        which of them are next, in jobs; pure
rescreen.py   hands them out and publishes                recheck.py      what is found of them now, in children
library.py    what there is of ads
forbidden.py  what a new brand kit ends at once; pure     judge_again.py  what becomes of each; pure
"""
