"""Device files from tables as makers deliver them: spreadsheets, CSV exports and Telegraf configurations.

Everything that is not written in a table but needed is guessed once for the whole table, and told.
"""
