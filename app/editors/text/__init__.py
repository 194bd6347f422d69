"""Texts: a list of labelled lines."""
