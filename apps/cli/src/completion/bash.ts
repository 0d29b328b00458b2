import type { CommandWords } from './grammar.js';

/** A script for bash, with or without the package bash-completion. */
export function bashCompletion(commands: readonly CommandWords[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `# bash completion for layers
_layers() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names} --help --version" -- "$cur"))
    return
  fi
  case "$command $prev" in
${valueCases(commands)}
  esac
  case "$command" in
${commands.map(commandCase(names)).join('\n')}
  esac
}
complete -o filenames -o bashdefault -F _layers layers
`;
}

function valueCases(commands: readonly CommandWords[]): string {
  const lines = commands.flatMap(({ name, options }) =>
    options.flatMap(({ names, values, isList }) => {
      if (values === null) return [];
      const patterns = names.map((option) => `"${name} ${option}"`).join(' | ');
      const offer = values.length === 0 ? '' : ` ${offered(values, isList)};`;
      return [`    ${patterns})${offer} return ;;`];
    }),
  );
  return lines.join('\n');
}

/** Of a list what stands before the last comma is kept. */
function offered(values: readonly string[], isList: boolean): string {
  const words = `-W "${values.join(' ')}"`;
  if (!isList) return `COMPREPLY=($(compgen ${words} -- "$cur"))`;
  return `local kept=; case "$cur" in *,*) kept="\${cur%,*}," ;; esac; COMPREPLY=($(compgen -P "$kept" ${words} -- "\${cur##*,}"))`;
}

function commandCase(names: string): (command: CommandWords) => string {
  return ({ name, options, argument }) => {
    const words = options.flatMap((option) => option.names).join(' ');
    const rest =
      argument === 'archive'
        ? 'COMPREPLY=($(compgen -f -- "$cur"))'
        : `COMPREPLY=($(compgen -W "${argument === 'command' ? names : argument.join(' ')}" -- "$cur"))`;
    return `    ${name})
      case "$cur" in
        -*) COMPREPLY=($(compgen -W "${words}" -- "$cur")) ;;
        *) ${rest} ;;
      esac
      ;;`;
  };
}
