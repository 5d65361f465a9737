"""The start of a program that is held from its first instruction on."""
