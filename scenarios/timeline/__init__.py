"""The timeline: what is to happen, when."""
