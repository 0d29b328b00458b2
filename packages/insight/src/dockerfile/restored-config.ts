import type { DockerfilePart } from './document.js';
import type { RunSettings } from './run-settings.js';
import type { SettingWriter } from './setting-lines.js';

/** What the instructions of a Dockerfile set. */
export interface WrittenConfig {
  /** The instructions that set fields of the config. */
  readonly lines: readonly string[];
  readonly shell: readonly string[] | null;
  /** The config of the base; null where it is not known. */
  readonly base: RunSettings | null;
}

/** The parts that give an image the config that it has. */
export interface Corrections {
  /** Variables that no instruction sets. They may be needed by commands, and so come first. */
  readonly first: DockerfilePart | null;
  /** What comes last. */
  readonly last: readonly DockerfilePart[];
}

/**
 * Compares the config that instructions give, as docker reads them, with the config of the image, and returns what sets the
 * rest. Without the config of the base, a field that no instruction sets counts as inherited.
 */
export function correctConfig(
  wanted: RunSettings,
  written: WrittenConfig,
  writer: SettingWriter,
): Corrections {
  return new Correction(wanted, written, writer).correct();
}

class Correction {
  readonly #wanted: RunSettings;
  readonly #written: WrittenConfig;
  readonly #writer: SettingWriter;
  readonly #lines: string[] = [];
  readonly #impossible: string[] = [];

  constructor(wanted: RunSettings, written: WrittenConfig, writer: SettingWriter) {
    this.#wanted = wanted;
    this.#written = written;
    this.#writer = writer;
  }

  correct(): Corrections {
    const { lines, base, shell } = this.#written;
    const wanted = this.#wanted;
    const found = this.#writer.read(lines);
    const inherits = base === null;
    const env = new Map([...(base?.env ?? []), ...found.env]);
    const unset = [...wanted.env].filter(([name]) => !env.has(name) && !inherits);
    const first = this.#firstPart(unset);
    const changed = [...wanted.env].filter(([name, value]) => env.has(name) && env.get(name) !== value);
    for (const pair of changed) this.#add(`ENV ${pair[0]}`, this.#writer.env([pair]));
    this.#refuse(
      'ENV',
      [...env.keys()].filter((name) => !wanted.env.has(name)),
    );

    const labels = new Map([...(base?.labels ?? []), ...found.labels]);
    for (const pair of wanted.labels) {
      const isInherited = inherits && !labels.has(pair[0]);
      if (!isInherited && labels.get(pair[0]) !== pair[1])
        this.#add(`LABEL ${pair[0]}`, this.#writer.label([pair]));
    }
    this.#refuse(
      'LABEL',
      [...labels.keys()].filter((name) => !wanted.labels.has(name)),
    );

    const write = this.#writer;
    this.#keys('EXPOSE', wanted.exposedPorts, found.exposedPorts, base?.exposedPorts, (key) =>
      write.expose([key]),
    );
    this.#keys('VOLUME', wanted.volumes, found.volumes, base?.volumes, (key) => write.volume([key]));
    this.#text('USER', wanted.user, found.user, base?.user, (text) => write.user(text));
    // BuildKit writes the default directory.
    const isDefault = wanted.workingDir === '/' && found.workingDir === '' && base?.workingDir === '';
    const directory = isDefault ? '' : wanted.workingDir;
    this.#text('WORKDIR', directory, found.workingDir, base?.workingDir, (text) => write.workdir(text));
    this.#text('STOPSIGNAL', wanted.stopSignal, found.stopSignal, base?.stopSignal, (text) =>
      write.stopSignal(text),
    );
    if (wanted.shell !== null && !isSame(wanted.shell, shell ?? base?.shell)) {
      this.#add('SHELL', write.shell(wanted.shell));
    }
    this.#commands(found);
    const check = found.healthcheck ?? base?.healthcheck ?? null;
    const isInherited = inherits && found.healthcheck === null;
    if (!isInherited && !isSame(wanted.healthcheck, check)) {
      this.#add('HEALTHCHECK', write.healthcheck(wanted.healthcheck));
    }
    if (wanted.onBuild.length > 0 && !isSame(wanted.onBuild, found.onBuild)) {
      const missing = wanted.onBuild.slice(found.onBuild.length);
      for (const trigger of missing) this.#add(`ONBUILD ${trigger}`, write.onBuild(trigger));
    }
    this.#impossible.push(...wanted.others);
    const notes = this.#lines.length === 0 ? [] : ['From the config: the history does not explain it.'];
    const impossible = this.#impossible.map(
      (name) => `The image has this, and no instruction sets it: ${name}`,
    );
    const last = [
      { notes, lines: this.#lines },
      { notes: impossible, lines: [] },
    ];
    return { first, last: last.filter((part) => part.notes.length > 0) };
  }

  /** ENTRYPOINT removes a CMD of the base, so that CMD comes after it. */
  #commands({ entrypoint, cmd }: Pick<RunSettings, 'entrypoint' | 'cmd'>): void {
    const { base, lines } = this.#written;
    const wanted = this.#wanted;
    const sets = (name: string) => lines.some((line) => line.startsWith(`${name} `));
    const [setsEntrypoint, setsCmd] = [sets('ENTRYPOINT'), sets('CMD')];
    const inherits = base === null;
    const found = setsEntrypoint ? entrypoint : (base?.entrypoint ?? null);
    const foundCmd = setsCmd ? cmd : setsEntrypoint ? null : (base?.cmd ?? null);
    const changesEntrypoint = !(inherits && !setsEntrypoint) && !isSameList(wanted.entrypoint, found);
    if (changesEntrypoint) this.#add('ENTRYPOINT', this.#writer.entrypoint(wanted.entrypoint));
    const removesCmd = changesEntrypoint && !setsCmd;
    const isInherited = inherits && !setsCmd && !setsEntrypoint && !changesEntrypoint;
    if (!isInherited && !isSameList(wanted.cmd, removesCmd ? null : foundCmd)) {
      this.#add('CMD', this.#writer.cmd(wanted.cmd));
    }
  }

  #firstPart(pairs: readonly (readonly [string, string])[]): DockerfilePart | null {
    const lines: string[] = [];
    const notes: string[] = [];
    for (const pair of pairs) {
      const line = this.#writer.env([pair]);
      if (line === null) this.#impossible.push(`ENV ${pair[0]}`);
      else lines.push(line);
    }
    if (lines.length > 0) notes.push('From the config: no recorded step sets it.');
    return lines.length === 0 ? null : { notes, lines };
  }

  #keys(
    name: string,
    wanted: ReadonlySet<string>,
    found: ReadonlySet<string>,
    inherited: ReadonlySet<string> | undefined,
    write: (key: string) => string | null,
  ): void {
    const all = new Set([...(inherited ?? []), ...found]);
    if (inherited !== undefined) {
      for (const key of wanted) if (!all.has(key)) this.#add(`${name} ${key}`, write(key));
    }
    this.#refuse(
      name,
      [...all].filter((key) => !wanted.has(key)),
    );
  }

  #text(
    name: string,
    wanted: string,
    found: string,
    inherited: string | undefined,
    write: (text: string) => string | null,
  ): void {
    if (found === '' && inherited === undefined) return;
    if ((found === '' ? inherited : found) === wanted) return;
    this.#add(name, wanted === '' ? null : write(wanted));
  }

  #add(name: string, line: string | null): void {
    if (line === null) this.#impossible.push(name);
    else this.#lines.push(line);
  }

  #refuse(name: string, keys: readonly string[]): void {
    for (const key of keys) this.#impossible.push(`no ${name} ${key}`);
  }
}

/** No list and an empty one are the same for every runtime. */
function isSameList(a: readonly string[] | null, b: readonly string[] | null): boolean {
  return isSame(a ?? [], b ?? []);
}

function isSame(a: object | null | undefined, b: object | null | undefined): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: object | null | undefined): string {
  if (value === null || value === undefined || Array.isArray(value)) return JSON.stringify(value ?? null);
  return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
