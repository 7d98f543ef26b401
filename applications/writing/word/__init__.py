"""Writing an application into a Word file and reading it back: values and bytes, no database.

Running texts are written between two marked lines and read back from between them; everything else is only for reading.
"""
