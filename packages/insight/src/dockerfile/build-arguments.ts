/** A command with the build arguments that the builder set for it. */
export interface CommandWithArguments {
  readonly values: ReadonlyMap<string, string>;
  readonly command: string;
}

const COUNT = /^\|(\d+) /;

/**
 * Splits `|2 A=1 B=x y /bin/sh -c …`, as builders record commands that see build arguments. Values may contain spaces, and
 * nothing quotes them: the shell ends them.
 *
 * @param names the arguments that ARG declared
 * @param shells the shells of the image
 */
export function splitBuildArguments(
  text: string,
  names: ReadonlyMap<string, string | null>,
  shells: readonly string[],
): CommandWithArguments {
  const count = COUNT.exec(text);
  if (count === null) return { values: new Map(), command: text };
  const rest = text.slice(count[0].length);
  const ends = shells.map((shell) => ` ${rest}`.indexOf(` ${shell} `)).filter((end) => end >= 0);
  const end = ends.length === 0 ? endWithoutShell(rest, Number(count[1]), names) : Math.min(...ends);
  return { values: valuesIn(rest.slice(0, end).trimEnd(), names), command: rest.slice(end).trimStart() };
}

function valuesIn(text: string, names: ReadonlyMap<string, unknown>): Map<string, string> {
  const starts = [...text.matchAll(/(?<=^| )([A-Za-z_]\w*)=/g)];
  const declared = starts.filter(([, name = '']) => names.has(name));
  const chosen = declared[0]?.index === 0 ? declared : starts;
  return new Map(
    chosen.map((match, i) => {
      const next = chosen[i + 1]?.index;
      const value = text.slice(match.index + match[0].length, next === undefined ? undefined : next - 1);
      return [match[1] ?? '', value];
    }),
  );
}

/** Returns where a command in exec form starts: after the last argument. */
function endWithoutShell(text: string, count: number, names: ReadonlyMap<string, string | null>): number {
  let position = 0;
  for (let i = 0; i < count; i++) {
    const [start = '', name = ''] = /^([A-Za-z_]\w*)=/.exec(text.slice(position)) ?? [];
    if (start === '') break;
    position += start.length;
    const known = names.get(name);
    const rest = text.slice(position);
    if (typeof known === 'string' && known !== '' && rest.startsWith(`${known} `)) {
      position += known.length + 1;
    } else {
      const space = rest.search(/ (?=\/|[A-Za-z_]\w*=)/);
      position += space < 0 ? Math.max(rest.indexOf(' '), 0) + 1 : space + 1;
    }
  }
  return position;
}
