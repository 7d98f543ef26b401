"""An application out as a Word file and in again: values and bytes, no database.

Running texts go out between two marked lines and come back from between them; everything else is printed to be read only.
"""
