"""Which table a Modbus function is about, and which way (Modbus Application Protocol 1.1b3, section 6)."""

TABLE_OF = {1: "co", 5: "co", 15: "co", 2: "di", 3: "hr", 6: "hr", 16: "hr", 22: "hr", 23: "hr", 4: "ir"}
"""The table that a function reads or writes."""
READS, WRITES = (1, 2, 3, 4, 23), (5, 6, 15, 16, 22, 23)
