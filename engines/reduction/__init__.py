"""Engines that say much with few numbers."""
