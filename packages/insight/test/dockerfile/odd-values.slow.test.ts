import { restore } from '@layers/insight/dockerfile';
import { parseInstructions } from '@layers/rewrite/dockerfile';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { imageOf, instructionsOf, PATH } from './history-image.js';

const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc
    .array(
      fc.constantFrom(
        '"',
        "'",
        '\\',
        '$',
        '${x',
        '\n',
        '\r',
        ' ',
        '#',
        'A=',
        'é',
        '\t',
        '`',
        '<<E',
        '[',
        ']',
        'RUN x',
        '\0',
      ),
    )
    .map((parts) => parts.join('')),
);

describe('odd values', () => {
  test('are written so that docker reads them, or named as impossible', async () => {
    const { config: template } = await imageOf([]);
    const description = await imageOf([]);
    fc.assert(
      fc.property(
        fc.array(odd, { minLength: 4, maxLength: 4 }),
        fc.array(odd),
        ([a = '', b = '', c = '', d = ''], words) => {
          const config = {
            Env: [PATH, `A=${a}`, `B=${b}`],
            Labels: { a: c, l: a },
            Cmd: words,
            Entrypoint: [a, b],
            User: d,
            Volumes: { [`/${b}`]: {} },
          };
          const { dockerfile } = restore({
            description: { ...description, config: { ...template, config } },
            boundary: null,
            files: () => null,
            exportCommand: String,
          });
          const [from, ...lines] = instructionsOf(dockerfile);
          expect(from).toBe('FROM scratch');
          const read = parseInstructions(lines);
          const impossible = [
            ...dockerfile.matchAll(/^# The image has this, and no instruction sets it: (.*)$/gm),
          ].join();
          for (const [name, value] of [
            ['A', a],
            ['B', b],
          ] as const) {
            expect(impossible.includes(`ENV ${name}`) ? value : read.env.get(name)).toBe(value);
          }
          expect(impossible.includes('USER') ? d : read.user).toBe(d);
          expect(impossible.includes('LABEL a') ? c : read.labels.get('a')).toBe(c);
          expect(impossible.includes('VOLUME') ? `/${b}` : [...read.volumes].join()).toBe(`/${b}`);
          if (/^[^\n\0]*$/.test(a + b + c + d) && !/\p{Surrogate}/u.test(a + b + c + d))
            expect(impossible).not.toMatch(/ENV|LABEL/);
        },
      ),
    );
  });

  test('of a history do not leave their instruction', async () => {
    const description = await imageOf([]);
    const created = fc.tuple(
      fc.constantFrom(
        '/bin/sh -c ',
        '/bin/sh -c #(nop) ENV A=',
        'COPY ',
        'ADD ',
        'RUN ',
        '|1 A=',
        'SHELL ',
        'ONBUILD RUN ',
        'EXPOSE ',
        'USER ',
        'MAINTAINER ',
        'ARG ',
        '/bin/sh -c #(nop) CMD ',
        '',
      ),
      odd,
      fc.constantFrom('', ' # buildkit'),
    );
    fc.assert(
      fc.property(fc.array(created, { maxLength: 6 }), (texts) => {
        const history = texts.map((parts) => ({
          created: undefined,
          createdBy: parts.join(''),
          author: undefined,
          comment: undefined,
          emptyLayer: false,
        }));
        const [layer] = description.layers;
        const { dockerfile, steps, corrections } = restore({
          description: {
            ...description,
            config: { ...description.config, history, config: { Env: [PATH, 'A=1'] } },
            layers: layer === undefined ? [] : history.map(() => layer),
          },
          boundary: null,
          files: () => null,
          exportCommand: String,
        });
        const parts = [...steps, ...corrections].flatMap(({ lines }) => instructionsOf(lines.join('\n')));
        const all = instructionsOf(dockerfile);
        expect(all.slice(1).sort()).toEqual(parts.sort());
        for (const line of all)
          expect(line).toMatch(/^(?:FROM scratch|(?:ADD|ARG|CMD|COPY|ENV|RUN|SHELL|USER|MAINTAINER) .*)$/s);
        const written = steps
          .flatMap(({ lines }) => lines.join('\n').replace(/\\\n/g, '').split('\n'))
          .filter(Boolean);
        expect(written.length).toBeLessThanOrEqual(texts.length * 20);
        expect(dockerfile.split('\n', 1)[0]).toMatch(/^# Restored /);
      }),
    );
  });
});
