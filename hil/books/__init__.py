"""The books of a run: accounts of energy and water, factors, savings."""
