"""A document through parse, load, shape, render and splice, in four directions: regenerate, pull, extract, merge.

Pure.
"""
