"""Derivations of networks are not made for several threads at once: they fill what is known of them."""

from threading import RLock

BUILDING = RLock()
