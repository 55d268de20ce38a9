"""What the user configured: the config file, paths, the brand, secrets by reference."""

from socialcare.settings.model import (
    AnswerBy,
    Brand,
    ChannelSettings,
    Duty,
    PriorityWeights,
    ReplySettings,
    RoutingRule,
    SavedQuery,
    SecretRef,
    Settings,
    TopicRule,
)

__all__ = [
    "AnswerBy",
    "Brand",
    "ChannelSettings",
    "Duty",
    "PriorityWeights",
    "ReplySettings",
    "RoutingRule",
    "SavedQuery",
    "SecretRef",
    "Settings",
    "TopicRule",
]
