"""``socialcare completion SHELL``: our own functions, because the usual ones stop at a colon."""

from __future__ import annotations

from typing import Annotated

import typer

from socialcare.cli.app import new_app
from socialcare.cli.context import App
from socialcare.errors import ExitCode, UsageError

# Bash breaks words at ":" and "=", so `is:l` would be completed as `l` and nothing found.
# The line is taken apart at blanks instead, and what bash has already is cut off again.
BASH = r"""# socialcare completion bash > ~/.local/share/bash-completion/completions/socialcare
_socialcare() {
    local line=${COMP_LINE:0:COMP_POINT} program=$1 word prefix
    local -a words
    read -r -a words <<< "$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    [[ $program == "~/"* ]] && program=$HOME/${program:2}
    local last=$(( ${#words[@]} - 1 ))
    local current=${words[last]}
    words[last]="=$current"
    prefix=
    case $current in
        *[:=]*)
            word=${current##*[:=]}
            prefix=${current%"$word"}
            [[ $COMP_WORDBREAKS == *"${prefix: -1}"* ]] || prefix= ;;
    esac
    COMPREPLY=()
    while IFS=$'\t' read -r word _; do
        [[ $word == *: ]] && compopt -o nospace 2> /dev/null
        COMPREPLY+=("${word#"$prefix"}")
    done < <("$program" complete -- "${words[@]:1}" 2> /dev/null)
}
complete -o bashdefault -o default -F _socialcare socialcare
"""
ZSH = r"""#compdef socialcare
# socialcare completion zsh > ~/.zfunc/_socialcare   (with fpath+=~/.zfunc before compinit)
_socialcare() {
    local line word about
    local -a typed whole open
    typed=("${(@)words[2,CURRENT]}")
    typed[-1]="=${typed[-1]}"
    while IFS=$'\t' read -r word about; do
        if [[ $word == *: ]]; then
            open+=("${word//:/\\:}")
        else
            whole+=("${word//:/\\:}${about:+:$about}")
        fi
    done < <("${words[1]}" complete -- "${(@)typed}" 2> /dev/null)
    if (( ${#whole} + ${#open} == 0 )); then
        _files
        return
    fi
    (( ${#whole} )) && _describe -V 'socialcare' whole
    (( ${#open} )) && _describe -V 'filter' open -S ''
    return 0
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _socialcare "$@"
else
    compdef _socialcare socialcare
fi
"""
FISH = r"""# socialcare completion fish > ~/.config/fish/completions/socialcare.fish
function __socialcare_words
    set -l typed (commandline -opc)
    set -e typed[1]
    socialcare complete -- $typed "="(commandline -ct) 2> /dev/null
end
complete -c socialcare -f -a '(__socialcare_words)'
complete -c socialcare -n '__fish_seen_subcommand_from import export' -F
"""
POWERSHELL = r"""# socialcare completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName socialcare -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { $_.ToString() })
    & socialcare complete '--' @before "=$wordToComplete" 2> $null | ForEach-Object {
        $word, $about = $_ -split "`t", 2
        if (-not $about) { $about = $word }
        [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $about)
    }
}
"""
SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH, "powershell": POWERSHELL}
EXAMPLES = """\b
Examples:
  source <(socialcare completion bash)
  socialcare completion fish > ~/.config/fish/completions/socialcare.fish
"""

app = new_app()


@app.command("completion", epilog=EXAMPLES)
def completion(
    ctx: typer.Context,
    shell: Annotated[str, typer.Argument(metavar="SHELL", help=f"{', '.join(SCRIPTS)}.")],
) -> int:
    """Print the function that completes socialcare in your shell."""
    if shell not in SCRIPTS:
        raise UsageError(
            f'there is no completion for "{shell[:80]}".', f"use one of: {', '.join(SCRIPTS)}"
        )
    App.of(ctx).screen.encoded(SCRIPTS[shell])
    return ExitCode.OK
