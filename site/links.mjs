// Links of Markdown: finds them, and gives headings the names that git hosts give them.
import { dirname, join, normalize, posix } from 'node:path';

/** Returns the name of a heading in an address, as GitHub and GitLab make it. */
export function slugOf(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}

/** Splits Markdown into code, which no link is in, and text. */
const CODE = /(^ {0,3}```[\s\S]*?^ {0,3}```$|`[^`\n]+`)/m;
const LINK = /(!?)\[((?:[^\]\\[]|\\.|\[[^\]]*\])*)\]\(([^()\s]+)\)/g;

/** Replaces each link. `replace` is given whether it shows an image, the text and the target. */
export function replaceLinks(markdown, replace) {
  // Code inside the text of a link is put aside, so that the link is still found.
  const codes = [];
  const text = markdown.replaceAll(new RegExp(CODE.source, 'gm'), (code) => {
    codes.push(code);
    return `\u0001${codes.length - 1}\u0002`;
  });
  return text
    .replaceAll(LINK, (_, image, label, target) => replace({ isImage: image !== '', label, target }))
    .replaceAll(/\u0001(\d+)\u0002/g, (_, i) => codes[Number(i)]);
}

/** Returns the names of all headings. */
export function headingsOf(markdown) {
  const seen = new Map();
  return markdown
    .replaceAll(/^ {0,3}```[\s\S]*?^ {0,3}```$/gm, '')
    .split('\n')
    .filter((line) => /^#{1,6} /.test(line))
    .map((line) => {
      const plain = line
        .replace(/^#+ /, '')
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .replaceAll(/[`*]/g, '');
      const slug = slugOf(plain);
      const times = seen.get(slug) ?? 0;
      seen.set(slug, times + 1);
      return times === 0 ? slug : `${slug}-${times}`;
    });
}

export const isExternal = (target) => /^[a-z][a-z+.-]*:/i.test(target);

/** Returns the file of the repository and the heading that a link of `file` leads to. */
export function targetOf(file, target) {
  const [path = '', fragment] = target.split('#');
  const found = path === '' ? file : normalize(join(dirname(file), path));
  return { file: found.replace(/\/$/, ''), fragment };
}

/** Returns a relative link between two pages of the site. */
export function relativeLink(from, to) {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}
