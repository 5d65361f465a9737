"""Plates, tanks, boilers and towers."""
