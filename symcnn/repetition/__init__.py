"""Recurrences and sums in closed form, for bodies that are repeated a symbolic number of times."""
