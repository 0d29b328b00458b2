import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dockerAt } from './docker.ts';
import { command } from './layers-command.ts';
import { run } from './processes.ts';

/** The images that Docker builds from examples/ten-sins/Dockerfile, as it is and with each section mended. */
const socket = inject('dockerSocket');
const docker = dockerAt(socket);
const folder = mkdtempSync(join(tmpdir(), 'layers-ten-sins-'));
const context = join(folder, 'context');
const script = fileURLToPath(new URL('../../examples/ten-sins/make-context.sh', import.meta.url));
const dockerfile = readFileSync(
  fileURLToPath(new URL('../../examples/ten-sins/Dockerfile', import.meta.url)),
  'utf8',
);

interface Section {
  /** The code of the advice; null for the start of the file. */
  readonly code: string | null;
  readonly lines: readonly string[];
  readonly instead: readonly string[];
}

const sections = dockerfile.split('\n\n').map((text): Section => {
  const lines = text.split('\n').filter((line) => line !== '');
  return {
    code: /^# ([a-z-]+):/.exec(lines[0] ?? '')?.[1] ?? null,
    lines: lines.filter((line) => !line.startsWith('#')),
    instead: lines.filter((line) => line.startsWith('#> ')).map((line) => line.slice(3)),
  };
});
/** In the order of the Dockerfile. */
const sins = sections.filter(({ code }) => code !== null);

interface AdviceDocument {
  readonly totals: { readonly contentBytes: number };
  readonly advice: readonly {
    readonly code: string;
    readonly savableBytes: number;
    readonly storedBy: readonly { readonly instruction: string | null; readonly sizeBytes: number }[];
    readonly wastedBy: { readonly instruction: string | null } | null;
  }[];
}

async function advised(name: string, mended: (section: Section) => boolean): Promise<AdviceDocument> {
  const lines = sections.flatMap((section) => (mended(section) ? section.instead : section.lines));
  writeFileSync(join(context, 'Dockerfile'), `${lines.join('\n')}\n`);
  await docker(['build', '--quiet', '--network', 'none', '--tag', name, context]);
  const archive = join(folder, 'image.tar');
  await docker(['save', '--output', archive, name]);
  return JSON.parse((await run(process.execPath, [command, 'advise', '--json', archive])).toString());
}

describe.skipIf(socket === '')('a Dockerfile with ten sins', () => {
  let before: AdviceDocument;
  beforeAll(async () => {
    await run(script, [context]);
    before = await advised('ten-sins:all', () => false);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    const ids = await docker(['images', '--quiet', 'ten-sins']);
    if (ids !== '') await docker(['rmi', '--force', ...ids.split('\n')]).catch(() => '');
  });

  it('gets advice on all ten, with bytes and instructions', () => {
    expect(sins).toHaveLength(10);
    expect(before.advice.map(({ code }) => code).sort()).toEqual(sins.map(({ code }) => code).sort());
    for (const { savableBytes, storedBy } of before.advice) {
      expect(savableBytes).toBeGreaterThan(100_000);
      expect(storedBy.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBe(savableBytes);
      expect(storedBy[0]?.instruction).toMatch(/^(?:ADD|COPY|package-manager|:)/);
    }
    const wasting = before.advice.flatMap(({ wastedBy }) => wastedBy?.instruction ?? []);
    expect(wasting.sort()).toEqual([
      ': apt-get upgrade -y && package-manager upgrade',
      'chown -R 1000:1000 /app',
      'tar -xf /source.tar -C /opt && rm /source.tar',
    ]);
  });

  it.each(sins.map((sin, i) => [`${sin.code} (section ${i + 1})`, sin, i] as const))(
    'is as much smaller as promised without %s',
    async (_, sin, i) => {
      const after = await advised(`ten-sins:without-${i}`, (section) => section === sin);
      const saved = before.totals.contentBytes - after.totals.contentBytes;
      const rest = after.advice.filter(({ code }) => code === sin.code);
      const bytesOf = (advice: AdviceDocument['advice']): number =>
        advice.reduce((sum, { savableBytes }) => sum + savableBytes, 0);
      const promised = bytesOf(before.advice.filter(({ code }) => code === sin.code)) - bytesOf(rest);
      expect(promised).toBeGreaterThan(0);
      expect(Math.abs(saved - promised)).toBeLessThanOrEqual(promised / 100);
    },
  );

  it('gets no advice once all are mended', async () => {
    const after = await advised('ten-sins:none', ({ code }) => code !== null);
    // Joining the small layers that are left would save no bytes.
    expect(after.advice.filter(({ savableBytes }) => savableBytes > 0)).toEqual([]);
  });
});
