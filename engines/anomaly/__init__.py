"""Engines that find what does not belong."""
