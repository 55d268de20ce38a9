"""See what people say about your brand, answer in time, and keep a record."""

__version__ = "0.1.0"
