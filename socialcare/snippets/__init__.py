"""Ready-made answers: Markdown files in one folder, read, filled, ranked and measured against.

Pure but for that folder: no database, no channel, no printing.
"""

from socialcare.snippets.library import Library, read_library
from socialcare.snippets.model import Audience, Snippet, Variant

__all__ = ["Audience", "Library", "Snippet", "Variant", "read_library"]
