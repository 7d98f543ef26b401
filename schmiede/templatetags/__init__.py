"""Template tags of pages that stand over all apps."""
