"""Exports of shop programs whose rows do not stand for themselves, as rows that do.

A variant of Wix says a surcharge on its product's price, one of Squarespace leaves out what its product's row says, one
of Magento does not know its product. Each reader here gives the rows that a plain table would have.
"""
