"""From text to label: cues before sentiment, doubt said out loud, reasons that add up."""

from socialcare.classify.classifier import Classifier

__all__ = ["Classifier"]
