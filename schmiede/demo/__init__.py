"""A believable world of invented people and associations, with dates relative to the day it is loaded.

The data are readable files under `data/` (see its README); `world.load()` puts them into an empty database.
"""
