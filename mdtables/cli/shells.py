"""The commands -> scripts that complete them in bash, zsh and fish."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from mdtables.cli.described import Argument, Command


def bash(commands: Sequence[Command]) -> str:
    """Return the script for bash 4 or newer; it needs no package of completions."""
    cases = []
    for command in commands:
        words = " ".join(name for option in command.options for name in option.names)
        values = [_bash_values(each) for each in command.options if each.choices]
        inside = ["      case $before in", *values, "      esac"] if values else []
        cases += [f"    {command.name})", f'      options="{words}"', *inside, "      ;;"]
    names = " ".join(command.name for command in commands)
    lines = [
        "# bash completion for mdtables, made by: mdtables completion bash",
        "_mdtables() {",
        '  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options=""',
        "  if ((COMP_CWORD == 1)); then",
        f'    COMPREPLY=($(compgen -W "{names} help --help --version" -- "$word"))',
        "    return",
        "  fi",
        "  case ${COMP_WORDS[1]} in",
        *cases,
        f'    help) COMPREPLY=($(compgen -W "{names} options" -- "$word")); return ;;',
        "  esac",
        "  if [[ $word == -* ]]; then",
        '    COMPREPLY=($(compgen -W "$options" -- "$word"))',
        "  else",
        "    compopt -o filenames",
        '    COMPREPLY=($(compgen -f -- "$word"))',
        "  fi",
        "}",
        "complete -F _mdtables mdtables mdtables-cli",
    ]
    return "\n".join(lines) + "\n"


def _bash_values(option: Argument) -> str:
    words = " ".join(option.choices)
    return f'        {"|".join(option.names)}) COMPREPLY=($(compgen -W "{words}" -- "$word")); return ;;'


def zsh(commands: Sequence[Command]) -> str:
    """Return the function for zsh, which belongs into a folder of $fpath as `_mdtables`, or can be sourced."""
    cases = []
    for command in commands:
        arguments = [_zsh_option(option) for option in command.options]
        arguments += ["'*:path:_files'" if each.repeats else "':path:_files'" for each in command.operands]
        joined = " \\\n        ".join(arguments)
        cases += [f"    {command.name})", f"      _arguments -s \\\n        {joined}", "      ;;"]
    named = [f"    {_quoted(f'{each.name}:{_plain(each.summary)}')}" for each in commands]
    lines = [
        "#compdef mdtables mdtables-cli",
        "# zsh completion for mdtables, made by: mdtables completion zsh",
        "_mdtables() {",
        "  local -a commands=(",
        *named,
        "  )",
        "  if ((CURRENT == 2)); then",
        "    _describe command commands",
        "    return",
        "  fi",
        "  local command=${words[2]}",
        "  shift words",
        "  ((CURRENT--))",
        "  case $command in",
        *cases,
        "    help) _describe command commands ;;",
        "  esac",
        "}",
        'if [ "$funcstack[1]" = "_mdtables" ]; then',
        '  _mdtables "$@"',
        "else",
        "  (( $+functions[compdef] )) || { autoload -Uz compinit; compinit }",
        "  compdef _mdtables mdtables mdtables-cli",
        "fi",
    ]
    return "\n".join(lines) + "\n"


def _zsh_option(option: Argument) -> str:
    value = ""
    if option.choices:
        value = f":value:({' '.join(option.choices)})"
    elif option.value:
        value = f":{option.value.lower()}:_files" if option.value in _FILES else f":{option.value.lower()}:"
    summary = _plain(option.summary).replace("[", "(").replace("]", ")").replace(":", " -")
    described = f"[{summary}]{value}"
    if len(option.names) == 1:
        return _quoted(f"{option.names[0]}{described}")
    names = ",".join(option.names)
    return f"'({' '.join(option.names)})'{{{names}}}{_quoted(described)}"


_FILES = ("FILE", "FOLDER", "PATH", "FOLDER|FILE")


def fish(commands: Sequence[Command]) -> str:
    """Return the script for fish."""
    lines = ["# fish completion for mdtables, made by: mdtables completion fish"]
    for command in commands:
        summary = _quoted(_plain(command.summary))
        lines.append(f"complete -c mdtables -n __fish_use_subcommand -f -a {command.name} -d {summary}")
    for command in commands:
        condition = f"complete -c mdtables -n '__fish_seen_subcommand_from {command.name}'"
        lines += [f"{condition} {_fish_option(option)}" for option in command.options]
    return "\n".join(lines) + "\n"


def _fish_option(option: Argument) -> str:
    parts = [f"-{'l' if name.startswith('--') else 's'} {name.lstrip('-')}" for name in option.names]
    if option.choices:
        parts.append(f"-x -a {_quoted(' '.join(option.choices))}")
    elif option.value:
        parts.append("-r" if option.value in _FILES else "-x")
    return " ".join([*parts, f"-d {_quoted(_plain(option.summary))}"])


def _plain(text: str) -> str:
    """Return a summary in one line without marks of Markdown."""
    return re.sub(r"\s+", " ", text.replace("`", ""))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


SHELLS: Mapping[str, Callable[[Sequence[Command]], str]] = {"bash": bash, "zsh": zsh, "fish": fish}
