import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createDeflateRaw } from 'node:zlib';
import { encodeFleet, encodeReport, type FleetFacts, type ReportData } from '../data/index.js';

/** The code and the style sheet of the page, in one file each. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/** The parts of a file, to write one after the other. */
export type Pieces = readonly [head: string, data: string, tail: string];

const BEST = 9;

/** Returns the page about an image, or about two. */
export function reportHtml(data: ReportData, title: string, assets: PageAssets): Promise<Pieces> {
  return pageHtml(encodeReport(data), title, assets);
}

/** Returns the page about a fleet. */
export function fleetHtml(facts: FleetFacts, assets: PageAssets): Promise<Pieces> {
  return pageHtml([encodeFleet(facts)], `Fleet ${facts.name}`, assets);
}

/**
 * Returns a page that contains data and makes no requests: a content security policy allows its own script and style
 * alone, by their hashes. The same data gives the same bytes.
 *
 * @param data chunks, of which each is valid until the next one
 */
async function pageHtml(
  data: Iterable<Uint8Array>,
  title: string,
  { script, style }: PageAssets,
): Promise<Pieces> {
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const head = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<div id="report"><p>Reading the report…</p><noscript>The report needs JavaScript.</noscript></div>
<script type="text/plain" id="data">`;
  const tail = `</script>
<script>${script}</script>
</body>
</html>
`;
  return [head, await deflated(data), tail];
}

/** Compresses chunks, of which each is valid until the next one. Resolves to base64. */
async function deflated(chunks: Iterable<Uint8Array>): Promise<string> {
  const deflate = createDeflateRaw({ level: BEST });
  const parts: Buffer[] = [];
  deflate.on('data', (part: Buffer) => parts.push(part));
  for (const chunk of chunks)
    await new Promise<void>((resolve, reject) => {
      deflate.write(chunk, (error) => (error == null ? resolve() : reject(error)));
    });
  deflate.end();
  await once(deflate, 'end');
  return Buffer.concat(parts).toString('base64');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
