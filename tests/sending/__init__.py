"""Answers are posted exactly once: real processes and servers, and everything that breaks."""
