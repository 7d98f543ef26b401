"""The floor: the smallest Django page with a session, a person, one query and 10 KB, for comparing pages of the portal with it."""
