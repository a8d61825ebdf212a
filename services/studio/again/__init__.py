"""Screens ads again that another version of the screen has judged.

judged.py     which ads those are, by their messages      recheck.py      what is found of them now, in children
rescreen.py   hands them out and publishes                judge_again.py  what becomes of each; pure
forbidden.py  what a new brand kit ends at once, by words alone; pure
"""
