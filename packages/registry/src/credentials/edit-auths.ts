/** A member of an object in a JSON text, by positions. */
interface Member {
  readonly key: string;
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
}

const SPACE = /\s*/y;
const SCALAR = /[^\s,\]}]+/y;

/**
 * Sets an entry of `auths` in the text of a file with credentials. The rest of the text stays as it is.
 *
 * @param text valid JSON, with an object at the top; '' for a new file
 */
export function setAuth(text: string, key: string, entry: Readonly<Record<string, string>>): string {
  const document = text.trim() === '' ? '{}\n' : text;
  const value = JSON.stringify(entry, null, '\t').replaceAll('\n', '\n\t\t');
  const top = skipSpace(document, 0);
  const auths = findMember(document, top, 'auths');
  if (auths === undefined || document[auths.valueStart] !== '{') {
    return setMember(document, top, 'auths', `{\n\t\t${JSON.stringify(key)}: ${value}\n\t}`, '\t');
  }
  return setMember(document, auths.valueStart, key, value, '\t\t');
}

/** Removes an entry of `auths`. Returns the text unchanged where it has no such entry. */
export function removeAuth(text: string, key: string): string {
  let edited = text;
  for (;;) {
    const auths = findMember(edited, skipSpace(edited, 0), 'auths');
    if (auths === undefined || edited[auths.valueStart] !== '{') return edited;
    const members = membersOf(edited, auths.valueStart);
    const index = members.findIndex((member) => member.key === key);
    const [member, previous, next] = [members[index], members[index - 1], members[index + 1]];
    if (member === undefined) return edited;
    const [from, to] =
      next !== undefined
        ? [member.start, next.start]
        : [previous === undefined ? member.start : previous.end, member.end];
    edited = edited.slice(0, from) + edited.slice(to);
  }
}

function setMember(text: string, open: number, key: string, value: string, indent: string): string {
  const existing = findMember(text, open, key);
  if (existing !== undefined) {
    return text.slice(0, existing.valueStart) + value + text.slice(existing.end);
  }
  const added = `\n${indent}${JSON.stringify(key)}: ${value}`;
  const last = membersOf(text, open).at(-1);
  if (last !== undefined) return `${text.slice(0, last.end)},${added}${text.slice(last.end)}`;
  const close = skipSpace(text, open + 1);
  return `${text.slice(0, open + 1)}${added}\n${indent.slice(1)}${text.slice(close)}`;
}

/** Of equal keys, the last one counts. */
function findMember(text: string, open: number, key: string): Member | undefined {
  return membersOf(text, open).findLast((member) => member.key === key);
}

function membersOf(text: string, open: number): readonly Member[] {
  const members: Member[] = [];
  for (let at = skipSpace(text, open + 1); text[at] === '"'; ) {
    const keyEnd = skipString(text, at);
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = skipValue(text, valueStart);
    members.push({ key: String(JSON.parse(text.slice(at, keyEnd))), start: at, valueStart, end });
    const comma = skipSpace(text, end);
    at = text[comma] === ',' ? skipSpace(text, comma + 1) : text.length;
  }
  return members;
}

function skipSpace(text: string, at: number): number {
  return skip(text, at, SPACE);
}

function skip(text: string, at: number, pattern: RegExp): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}

function skipString(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return end + 1;
}

function skipValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; ) {
    const char = text[at];
    if (char === '"') at = skipString(text, at);
    else if (char === '{' || char === '[') {
      depth++;
      at++;
    } else if (char === '}' || char === ']') {
      depth--;
      at++;
    } else if (depth === 0) return skip(text, at, SCALAR);
    else at++;
    if (depth === 0) return at;
  }
  return text.length;
}
