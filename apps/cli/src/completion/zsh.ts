import { type CommandWords, type OptionWords, parentsOf, topLevel } from './grammar.js';
import { OFFER } from './offer-word.js';

/** A script for zsh: sourced, or saved as `_layers` in a directory of $fpath. */
export function zshCompletion(commands: readonly CommandWords[]): string {
  return `#compdef layers
_layers_names() {
  compadd -- \${(f)"$(layers ${OFFER} names "$PREFIX" 2>/dev/null)"}
}
_layers_images() {
  _files
  _layers_names
}
_layers_paths() {
  compadd -S '' -- \${(f)"$(layers ${OFFER} paths "$line[1]" "$PREFIX" 2>/dev/null)"}
}
_layers_remote() {
  compadd -- \${(f)"$(layers ${OFFER} tags "$PREFIX" 2>/dev/null)"}
}
_layers_layers() {
  local tab=$'\\t'
  local -a found=(\${(f)"$(layers ${OFFER} layers "$line[1]" "$PREFIX" 2>/dev/null)"})
  local -a shown=("\${(@)found/$tab/  }")
  compadd -V layers -l -d shown -- "\${(@)found%%$tab*}"
}
_layers() {
  local -a found=(\${(f)"$(layers ${OFFER} layers "$line[1]" "$PREFIX" 2>/dev/null)"})
  local -a shown=("\${(@)found/$'\\t'/  }")
  compadd -V layers -l -d shown -- "\${(@)found%%$'\\t'*}"
}
_layers() {
  local -a commands
  commands=(
${topLevel(commands)
  .map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`)
  .join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands 'layers command' commands
    return
  fi
  local command=$words[2]
  case "$command" in
    ${parentsOf(commands).join('|')})
      if (( CURRENT > 3 )); then command="$command $words[3]"; shift words; (( CURRENT-- )); fi ;;
  esac
  case "$command" in
${commands.map(commandCase).join('\n')}
  esac
}
if [ "$funcstack[1]" = "_layers" ]; then
  _layers "$@"
else
  compdef _layers layers
fi
`;
}

function commandCase({ name, options, argument, directory, paths }: CommandWords): string {
  const specs = options.flatMap(optionSpecs);
  const rest =
    argument === 'archive'
      ? [
          paths === null ? "'*:image:_layers_images'" : "'1:image:_layers_images'",
          ...(directory === null ? [] : [`'${directory}:directory:_files -/'`]),
          ...(paths === null ? [] : ["'*:path:_layers_paths'"]),
        ]
      : argument === 'command'
        ? ["'1:command:->commands'"]
        : argument === 'name'
          ? ["'*:name:_layers_names'"]
          : argument === 'remote'
            ? ["'*:name:_layers_remote'"]
            : [quoted(`1:word:(${argument.join(' ')})`)];
  const after = argument === 'command' ? `\n      _describe -t commands 'layers command' commands` : '';
  return `    "${name}")
      shift words; (( CURRENT-- ))
      _arguments ${[...specs, ...rest].join(' \\\n        ')}${after}
      ;;`;
}

/**
 * `(-l --long)-l[with mode]`: one spec for each name, with the names that it excludes. An option with one name and a
 * free value is repeatable: `*--add[…]`.
 */
function optionSpecs({ names, description, values, isList }: OptionWords): string[] {
  const mayRepeat = names.length === 1 && (typeof values === 'string' || values?.length === 0);
  const exclusive = mayRepeat ? '*' : `(${names.join(' ')})`;
  const explained = `[${description.replace(/[[\]:]/g, '\\$&')}]`;
  const value = values === null ? '' : `:value:${actionOf(values, isList)}`;
  return names.map((name) => quoted(`${exclusive}${name}${explained}${value}`));
}

function actionOf(values: readonly string[] | 'paths' | 'layers', isList: boolean): string {
  if (values === 'paths') return '_files';
  if (values === 'layers') return '_layers_layers';
  return isList ? `_sequence compadd - ${values.join(' ')}` : `(${values.join(' ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
