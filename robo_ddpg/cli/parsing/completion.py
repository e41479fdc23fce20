"""`robo-ddpg completion`: what a shell asks when Tab is pressed."""

import contextlib
import io
import re
from dataclasses import dataclass
from typing import Annotated, Literal

from tyro.conf import Positional, arg

from robo_ddpg.cli.app import COMMANDS, main
from robo_ddpg.cli.output import say
from robo_ddpg.cli.parsing.parse import Words, parse
from robo_ddpg.controller import shipped
from robo_ddpg.envs.names import names

_BASH = """\
_robo_ddpg() {
  local offered
  case "$COMP_CWORD:${COMP_WORDS[1]}" in
    1:*) offered="%(commands)s" ;;
%(cases)s
  esac
  COMPREPLY=($(compgen -W "$offered" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _robo_ddpg robo-ddpg
"""
_ZSH = "autoload -U +X compinit bashcompinit && compinit && bashcompinit\n"
_FISH = 'complete -c robo-ddpg -n "__fish_seen_subcommand_from {}" -a "{}"'
_WITH_TASK = "reach"
"""Stands for every task where help shows all options only with one."""


@dataclass(frozen=True)
class CompletionOptions:
    """Print what completes commands, options, tasks and controllers when Tab is pressed.

    bash: source <(robo-ddpg completion bash), in ~/.bashrc
    zsh:  source <(robo-ddpg completion zsh), in ~/.zshrc
    fish: robo-ddpg completion fish | source, in ~/.config/fish/config.fish
    """

    shell: Annotated[Literal["bash", "zsh", "fish"], Positional, arg(metavar="SHELL")]
    """bash, zsh or fish."""


def run(words: Words) -> None:
    """Print what completes commands, options, tasks and controllers when Tab is pressed."""
    options = parse(CompletionOptions, words, "completion")
    offered = {name: " ".join(_words_after(name)) for name in COMMANDS}
    if options.shell == "fish":
        say(f'complete -c robo-ddpg -n "__fish_use_subcommand" -a "{" ".join(COMMANDS)}"')
        say("\n".join(_FISH.format(name, found) for name, found in offered.items()))
        return
    cases = (f'    *:{name}) offered="{found}" ;;' for name, found in offered.items())
    script = _BASH % {"commands": " ".join(COMMANDS), "cases": "\n".join(cases)}
    say(_ZSH * (options.shell == "zsh") + script.rstrip())


def _words_after(command: str) -> list[str]:
    """Options of a command, and names where it takes some."""
    usage, _, text = _help(command).partition("\n")
    known = names() if "TASK" in usage.split() else []
    if {"CONTROLLER_OR_RUN", "A"} & set(usage.split()):
        known = shipped()
    if command == "train":
        text = _help(command, _WITH_TASK)
    return [*known, *dict.fromkeys(re.findall(r"--[\w.-]*\w", text))]


def _help(*words: str) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        main([*words, "--help"])
    return out.getvalue()
