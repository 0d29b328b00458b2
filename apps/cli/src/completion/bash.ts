import { type CommandWords, parentsOf, topLevel } from './grammar.js';
import { OFFER } from './offer-word.js';

/** A script for bash, with or without the package bash-completion. */
export function bashCompletion(commands: readonly CommandWords[]): string {
  const names = topLevel(commands)
    .map(({ name }) => name)
    .join(' ');
  return `# bash completion for layers
# Offers images of the store. Bash splits words at colons.
_layers_names() {
  local word=$2 kept= name
  case "$word" in [./~]*) return ;; esac
  if [ "$word" = : ]; then word="$3:" kept="$3:"
  elif [ "$3" = : ]; then kept="\${COMP_WORDS[COMP_CWORD-2]}:" word="\${COMP_WORDS[COMP_CWORD-2]}:$2"
  fi
  while IFS= read -r name; do COMPREPLY+=("\${name#"$kept"}"); done < <("$1" ${OFFER} names "$word" 2>/dev/null)
}
# Offers paths of an image.
_layers_paths() {
  local path
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <("$1" ${OFFER} paths "$2" "$3" 2>/dev/null)
  compopt -o nospace 2>/dev/null
}
_layers() {
  local program=\${COMP_WORDS[0]}
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names} --help --version" -- "$cur"))
    return
  fi
  case "$command" in
    ${parentsOf(commands).join(' | ')}) if [ "$COMP_CWORD" -gt 2 ]; then command="$command \${COMP_WORDS[2]}"; fi ;;
  esac
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
      const offer = values === 'paths' || values.length > 0 ? ` ${offered(values, isList)};` : '';
      return [`    ${patterns})${offer} return ;;`];
    }),
  );
  return lines.join('\n');
}

const FILES = 'COMPREPLY=($(compgen -f -- "$cur"))';

const NAMES = '_layers_names "$program" "$cur" "$prev"';

const PATHS = '_layers_paths "$program" "$image" "$cur"';

const DIRECTORIES = 'COMPREPLY=($(compgen -d -- "$cur"))';

/** Keeps the part of a list before the last comma. */
function offered(values: readonly string[] | 'paths', isList: boolean): string {
  if (values === 'paths') return FILES;
  const words = `-W "${values.join(' ')}"`;
  if (!isList) return `COMPREPLY=($(compgen ${words} -- "$cur"))`;
  return `local kept=; case "$cur" in *,*) kept="\${cur%,*}," ;; esac; COMPREPLY=($(compgen -P "$kept" ${words} -- "\${cur##*,}"))`;
}

function commandCase(names: string): (command: CommandWords) => string {
  return ({ name, options, argument, directory, paths }) => {
    const words = options.flatMap((option) => option.names).join(' ');
    const list = argument === 'command' ? names : typeof argument === 'string' ? '' : argument.join(' ');
    const rest =
      argument === 'archive'
        ? `${FILES}; ${NAMES}`
        : argument === 'name'
          ? NAMES
          : `COMPREPLY=($(compgen -W "${list}" -- "$cur"))`;
    const cases = [
      ...(directory === null ? [] : [`${directory}) ${DIRECTORIES} ;;`]),
      ...(paths === null ? [] : [`1) ${rest} ;;`, `*) ${PATHS} ;;`]),
      ...(paths === null ? [`*) ${rest} ;;`] : []),
    ];
    const plain =
      directory === null && paths === null
        ? rest
        : `${positionOf({ options })}
          case "$position" in
            ${cases.join('\n            ')}
          esac`;
    return `    "${name}")
      case "$cur" in
        -*) COMPREPLY=($(compgen -W "${words}" -- "$cur")) ;;
        *) ${plain} ;;
      esac
      ;;`;
  };
}

/** Computes the position of the argument being typed. Options and their values are not counted. */
function positionOf({ options }: Pick<CommandWords, 'options'>): string {
  const valued = options.filter(({ values }) => values !== null).flatMap(({ names }) => names);
  return `local position=1 image= i
          for ((i = 2; i < COMP_CWORD; i++)); do
            case "\${COMP_WORDS[i]}" in -?*) continue ;; esac
            case "\${COMP_WORDS[i-1]}" in ${valued.join(' | ')}) continue ;; esac
            if [ "$position" -eq 1 ]; then image=\${COMP_WORDS[i]}; fi
            position=$((position + 1))
          done`;
}
