import { statedLicences } from '../stated-text.js';

/** The limit of licences that are searched for their names. */
const MAX_LICENCES = 64;

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/**
 * Returns the names of the licences in a `pom.xml`, or their addresses where they have no name. Does not read parents of the
 * project, which may state them instead.
 */
export function licencesOfPom(text: string): string[] {
  const [list] = elementsNamed('licenses', withoutComments(text), 1);
  if (list === undefined) return [];
  return statedLicences(
    elementsNamed('license', list, MAX_LICENCES).map((licence) => {
      const [name] = elementsNamed('name', licence, 1);
      const [url] = elementsNamed('url', licence, 1);
      return unescapeXml(name?.trim() ? name : (url ?? ''));
    }),
  );
}

/** Returns the contents of the first elements with a name. These do not contain elements with the same name. */
function elementsNamed(name: string, text: string, limit: number): string[] {
  const contents: string[] = [];
  for (let at = 0; contents.length < limit; ) {
    const start = text.indexOf(`<${name}>`, at);
    const end = start < 0 ? -1 : text.indexOf(`</${name}>`, start);
    if (end < 0) break;
    contents.push(text.slice(start + name.length + 2, end));
    at = end;
  }
  return contents;
}

function withoutComments(text: string): string {
  let result = '';
  for (let at = 0; ; ) {
    const start = text.indexOf('<!--', at);
    if (start < 0) return result + text.slice(at);
    result += text.slice(at, start);
    const end = text.indexOf('-->', start);
    if (end < 0) return result;
    at = end + 3;
  }
}

function unescapeXml(text: string): string {
  return text
    .replace(/&(\w{2,4});/g, (whole, name: string) => ENTITIES.get(name) ?? whole)
    .replace(/\s+/g, ' ');
}
