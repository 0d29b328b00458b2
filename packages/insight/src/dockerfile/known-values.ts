/**
 * Returns the ports of the config that EXPOSE of a history names: `80 81/udp`, `map[80/tcp:{} 81/udp:{}]`, or `[80/tcp]`,
 * also as ranges.
 */
export function portsIn(text: string, known: ReadonlySet<string>): readonly string[] {
  const found = new Set<string>();
  for (const [, first = '', last = first, protocol = 'tcp'] of text.matchAll(
    /(?<![\w.])(\d{1,5})(?:-(\d{1,5}))?(?:\/([a-z]+))?/gi,
  )) {
    for (const port of known) {
      const [number = '', name = 'tcp'] = port.split('/');
      const isInside = Number(number) >= Number(first) && Number(number) <= Number(last);
      if (isInside && name.toLowerCase() === protocol.toLowerCase()) found.add(port);
    }
  }
  return [...found];
}

/** Returns the volumes of the config that VOLUME of a history names: `[/a /b c]`, `/a /b`, or a JSON list. */
export function volumesIn(text: string, known: ReadonlySet<string>): readonly string[] {
  const list = text.trim();
  const words = list.startsWith('[') && list.endsWith(']') ? list.slice(1, -1) : list;
  const longestFirst = [...known].sort((a, b) => b.length - a.length);
  const found: string[] = [];
  for (let position = 0; position < words.length; ) {
    const volume = longestFirst.find((each) => each !== '' && isWord(words, position, each));
    if (volume !== undefined && !found.includes(volume)) found.push(volume);
    position += volume?.length ?? 1;
  }
  return found;
}

function isWord(text: string, start: number, word: string): boolean {
  if (!text.startsWith(word, start)) return false;
  const [before, after] = [text[start - 1], text[start + word.length]];
  return /^[\s,"]?$/.test(before ?? '') && /^[\s,"]?$/.test(after ?? '');
}
