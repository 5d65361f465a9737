"""Households with a direct-expansion unit in every room."""
