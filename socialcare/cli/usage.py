"""Wrong use of the command line, told in the words of the house."""

from __future__ import annotations

from collections.abc import Sequence

from socialcare.cli.commands import COMMANDS
from socialcare.errors import UsageError

MAX_NAME = 60
MAX_SENTENCE = 200
"""What somebody typed is repeated only as far as it helps to find it."""


def explain_usage(error: Exception, argv: Sequence[str]) -> UsageError:
    """Turn an error of the option parser into one of ours, with a hint that can be copied."""
    command = getattr(getattr(error, "ctx", None), "command_path", None) or _path(argv)
    see = f"see {command} --help"
    kind = type(error).__name__
    if kind == "NoSuchCommand" or (kind == "UsageError" and "No such command" in str(error)):
        return _no_such_command(error, argv, command)
    if kind == "NoSuchOption":
        return _no_such_option(error, see)
    message = getattr(error, "format_message", lambda: str(error))()
    return UsageError(_sentence(message), see)


def _path(argv: Sequence[str]) -> str:
    """The command as it was called, where the parser does not say."""
    return f"socialcare {argv[0]}" if argv and argv[0] in COMMANDS else "socialcare"


def _no_such_command(error: Exception, argv: Sequence[str], path: str) -> UsageError:
    from difflib import get_close_matches

    words = [word for word in argv if not word.startswith("-")]
    # The path is "socialcare", or "socialcare channel" when the verb is not known.
    name = "".join(words[len(path.split()) - 1 :][:1])[:MAX_NAME]
    group = getattr(getattr(error, "ctx", None), "command", None)
    known = list(COMMANDS) if path == "socialcare" else list(getattr(group, "commands", ()))
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    suggestion = f' Did you mean "{close[0]}"?' if close else ""
    return UsageError(
        f'no such command "{name}".{suggestion}', f"see {path} --help", code="no_such_command"
    )


def _no_such_option(error: Exception, see: str) -> UsageError:
    option = str(getattr(error, "option_name", ""))[:MAX_NAME]
    possible = list(getattr(error, "possibilities", None) or ())
    hint = f"did you mean {possible[0]} ?  {see}" if possible else see
    if option.startswith("-") and not option.startswith("--") and _takes_a_query(error):
        hint = f'a query word cannot start with "-": write "not tag:vip" for the opposite; {see}'
    return UsageError(f'there is no option "{option}".', hint, code="no_such_option")


def _takes_a_query(error: Exception) -> bool:
    command = getattr(getattr(error, "ctx", None), "command", None)
    params = getattr(command, "params", ())
    return any(param.name in ("query", "what") and param.nargs == -1 for param in params)


def _sentence(message: str) -> str:
    message = message.strip().rstrip(".")[:MAX_SENTENCE]
    message = message.replace(" int range", " whole number").replace(" float range", " number")
    return f"{message[:1].lower()}{message[1:]}."
