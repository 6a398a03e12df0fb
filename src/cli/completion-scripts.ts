/** The scripts by which shells complete a command line. */

/** Shells that there is a script for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** What the scripts call, with the words typed so far behind it; the name that yargs gave to it. */
export const COMPLETE = '--get-yargs-completions';

type Shell = (typeof SHELLS)[number];

/** Where nothing is found they complete the names of files. */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# covgrad completion for bash. In ~/.bashrc: eval "$(covgrad completion bash)"
_covgrad_completion() {
  local line word
  COMPREPLY=()
  while IFS= read -r line; do
    printf -v word %q "$line"
    COMPREPLY+=("$word")
  done < <(covgrad ${COMPLETE} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o bashdefault -o default -F _covgrad_completion covgrad
`,
  zsh: `#compdef covgrad
# covgrad completion for zsh. In ~/.zshrc, below compinit: eval "$(covgrad completion zsh)"
_covgrad() {
  local -a found
  found=(\${(f)"$(covgrad ${COMPLETE} "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#found} )); then compadd -- $found; else _files; fi
}
if [ "$funcstack[1]" = _covgrad ]; then _covgrad "$@"; else compdef _covgrad covgrad; fi
`,
  fish: `# covgrad completion for fish. In ~/.config/fish/config.fish: covgrad completion fish | source
function __covgrad_complete
    set -l typed (commandline -opc)
    covgrad ${COMPLETE} $typed[2..] (commandline -ct; or echo) 2>/dev/null
end
complete -c covgrad -a '(__covgrad_complete)'
`,
};
