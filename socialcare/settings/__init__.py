"""What the user configured: the config file, paths, the brand, secrets by reference."""

from socialcare.settings.model import (
    AnswerBy,
    Brand,
    ChannelSettings,
    PriorityWeights,
    ReplySettings,
    SecretRef,
    Settings,
    TopicRule,
)

__all__ = [
    "AnswerBy",
    "Brand",
    "ChannelSettings",
    "PriorityWeights",
    "ReplySettings",
    "SecretRef",
    "Settings",
    "TopicRule",
]
