"""What is unusual: counts against their own rhythm, what spreads, and what it is about.

Pure functions on plain data: no database, no clock, no printing.
"""
