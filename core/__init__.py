"""The ground floor: what every app may use and what imports no app of the portal.

Conditional writes, files and their names, forms that are kept for somebody, rates, logs, caches, background work, numbers
and words as people type and read them, and the template tags for these. A module belongs here only if it would be of use
in a portal without calls, cohorts and applications; a rule of the field belongs into the app whose records it is about.
"""
