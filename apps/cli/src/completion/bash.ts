import { type CommandWords, parentsOf, topLevel } from './grammar.js';
import { OFFER } from './offer-word.js';

/** A script for bash, with or without the package bash-completion. */
export function bashCompletion(commands: readonly CommandWords[]): string {
  const names = topLevel(commands)
    .map(({ name }) => name)
    .join(' ');
  return `# bash completion for layers
# Bash splits words at colons. Sets words and cword as COMP_WORDS and COMP_CWORD, with whole words, typed to the word before the
# cursor, and kept to what bash does not replace of it.
_layers_split() {
  local i join=
  words=() cword=-1 typed= kept=
  local n=-1
  for ((i = 0; i < \${#COMP_WORDS[@]}; i++)); do
    if [ "$i" -eq "$COMP_CWORD" ] && [ -z "\${COMP_WORDS[i]}" ]; then
      case "\${COMP_LINE:0:COMP_POINT}" in *[[:space:]]) join= ;; esac
    fi
    if [ "$n" -ge 0 ] && { [ -n "$join" ] || [ "\${COMP_WORDS[i]}" = : ]; }; then
      if [ "$i" -eq "$COMP_CWORD" ]; then kept=\${words[n]}; fi
    else
      n=$((n + 1)) words[n]=
    fi
    words[n]+=\${COMP_WORDS[i]} join=
    if [ "\${COMP_WORDS[i]}" = : ]; then join=1; fi
    if [ "$i" -eq "$COMP_CWORD" ]; then
      cword=$n typed=\${words[n]}
      if [ -n "$join" ]; then kept=$typed cur=; fi
    fi
  done
}
# Offers what the command prints, of which bash keeps the part before the last colon.
_layers_whole() {
  local name
  while IFS= read -r name; do COMPREPLY+=("\${name#"$kept"}"); done < <("$program" ${OFFER} "$1" "$typed" 2>/dev/null)
}
# Offers images of the store, and tags of a registry.
_layers_names() {
  case "$typed" in [./~]*) return ;; esac
  _layers_whole names
}
# Offers paths of an image.
_layers_paths() {
  local path
  while IFS= read -r path; do COMPREPLY+=("$path"); done < <("$program" ${OFFER} paths "$image" "$cur" 2>/dev/null)
  compopt -o nospace 2>/dev/null
}
# Offers layers of an image. Bash inserts what all words have in common: with their instructions, that is the same.
_layers_layers() {
  local line lines=() tab=$'\\t'
  while IFS= read -r line; do lines+=("$line"); done < <("$program" ${OFFER} layers "$image" "$cur" 2>/dev/null)
  if [ "\${#lines[@]}" -eq 1 ] || [ "$COMP_TYPE" = 37 ]; then COMPREPLY=("\${lines[@]%%$tab*}")
  else COMPREPLY=("\${lines[@]/$tab/  }")
  fi
  compopt +o filenames -o nosort 2>/dev/null
}
# Sets position to that of the argument being typed, and image to the first argument on the line. $1 has the options with a
# value, between spaces.
_layers_arguments() {
  local i
  position=1 image=
  for ((i = first; i < \${#words[@]}; i++)); do
    if [ "$i" -eq "$cword" ]; then continue; fi
    case "\${words[i]}" in -?*) continue ;; esac
    case "$1" in *" \${words[i-1]} "*) continue ;; esac
    if [ -z "$image" ]; then image=\${words[i]}; fi
    if [ "$i" -lt "$cword" ]; then position=$((position + 1)); fi
  done
}
_layers() {
  local words cword typed kept program=\${COMP_WORDS[0]} cur=\${COMP_WORDS[COMP_CWORD]}
  _layers_split
  local prev=\${words[cword-1]} command=\${words[1]} first=2 position image
  COMPREPLY=()
  if [ "$cword" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names} --help --version" -- "$cur"))
    return
  fi
  case "$command" in
    ${parentsOf(commands).join(' | ')}) if [ "$cword" -gt 2 ]; then command="$command \${words[2]}" first=3; fi ;;
  esac
  case "$command" in
${commands.map(argumentsCase).join('\n')}
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
      const offer = typeof values === 'string' || values.length > 0 ? ` ${offered(values, isList)};` : '';
      return [`    ${patterns})${offer} return ;;`];
    }),
  );
  return lines.join('\n');
}

const FILES = 'COMPREPLY=($(compgen -f -- "$cur"))';

const NAMES = '_layers_names';

const PATHS = '_layers_paths';

const DIRECTORIES = 'COMPREPLY=($(compgen -d -- "$cur"))';

/** Keeps the part of a list before the last comma. */
function offered(values: readonly string[] | 'paths' | 'layers', isList: boolean): string {
  if (values === 'paths') return FILES;
  if (values === 'layers') return '_layers_layers';
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
          : argument === 'remote'
            ? '_layers_whole tags'
            : `COMPREPLY=($(compgen -W "${list}" -- "$cur"))`;
    const cases = [
      ...(directory === null ? [] : [`${directory}) ${DIRECTORIES} ;;`]),
      ...(paths === null ? [] : [`1) ${rest} ;;`, `*) ${PATHS} ;;`]),
      ...(paths === null ? [`*) ${rest} ;;`] : []),
    ];
    const plain =
      directory === null && paths === null
        ? rest
        : `case "$position" in
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

/** Finds the arguments of a command. Options and their values are not counted. */
function argumentsCase({ name, options }: CommandWords): string {
  const valued = options.filter(({ values }) => values !== null).flatMap(({ names }) => names);
  return `    "${name}") _layers_arguments " ${valued.join(' ')} " ;;`;
}
