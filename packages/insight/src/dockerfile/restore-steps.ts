import { posix } from 'node:path';
import type { HistoryEntry } from '@layers/core/oci';
import { ArgumentScope } from './argument-scope.js';
import type { DockerfileStep } from './document.js';
import { type FileContext, FileSteps } from './file-steps.js';
import { portsIn, volumesIn } from './known-values.js';
import { expandText, type Pair, parsePairs } from './pairs.js';
import { omitted, type Part, written } from './part.js';
import { isClassicStep, parseStep, type RecordedStep } from './recorded-step.js';
import { runLines } from './run-lines.js';
import type { RunSettings } from './run-settings.js';
import type { SettingWriter } from './setting-lines.js';
import { parseWordList } from './word-list.js';

/** What the steps of a history are read with. */
export interface StepContext extends FileContext {
  /** The config of the image. */
  readonly wanted: RunSettings;
  readonly author: string | undefined;
  readonly isWindows: boolean;
  readonly writer: SettingWriter;
  /** All steps of the image, those of the base too. */
  readonly history: readonly HistoryEntry[];
  /** The config that the base gives. */
  readonly base: RunSettings | null;
}

type Instruction = RecordedStep & { readonly kind: 'instruction' };

/** Restores instructions from the steps of a history, one after the other. */
export class StepRestorer {
  /** The instructions so far that set fields of the config. */
  readonly settings: string[] = [];
  readonly #context: StepContext;
  readonly #shells: readonly string[];
  readonly #defaultShell: readonly string[];
  readonly #isClassic: boolean;
  readonly #isBuildah: boolean;
  readonly #env: Map<string, string>;
  readonly #arguments: ArgumentScope;
  readonly #files: FileSteps;
  #shell: readonly string[];
  #setShell: readonly string[] | null = null;
  #workingDir: string;
  #triggers = 0;

  constructor(context: StepContext) {
    const { history, wanted, base, isWindows } = context;
    this.#context = context;
    this.#defaultShell = isWindows ? ['cmd', '/S', '/C'] : ['/bin/sh', '-c'];
    this.#shell = base?.shell ?? this.#defaultShell;
    this.#env = new Map(base?.env ?? []);
    this.#workingDir = base?.workingDir ?? '';
    this.#files = new FileSteps(context);
    this.#isClassic = history.some(({ createdBy }) => isClassicStep(createdBy ?? ''));
    this.#isBuildah =
      wanted.labels.has('io.buildah.version') ||
      history.some(({ comment }) => comment?.startsWith('FROM ') === true);
    this.#shells = this.#allShells();
    this.#arguments = new ArgumentScope(context.writer, this.#shells, this.#textsOf('ARG'));
  }

  /** The words of the last SHELL; null without one. */
  get shell(): readonly string[] | null {
    return this.#setShell;
  }

  /**
   * @param layer the layer of the step
   * @param later the steps after it
   */
  restore(
    step: HistoryEntry | undefined,
    layer: number | null,
    later: readonly HistoryEntry[],
  ): DockerfileStep {
    const createdBy = step?.createdBy ?? null;
    const part = this.#part(createdBy ?? '', layer, later);
    return { layer, createdBy, ...part };
  }

  #part(createdBy: string, layer: number | null, later: readonly HistoryEntry[]): Part {
    const recorded = parseStep(createdBy, this.#shells, this.#isClassic);
    if (recorded.kind === 'command') return this.#run(recorded, layer);
    if (recorded.kind === 'other') {
      const what = createdBy === '' ? 'not in the history' : `no instruction: ${createdBy}`;
      return layer === null ? omitted(what) : this.#files.layer(layer, `Layer ${layer}, ${what}`);
    }
    const { name, text } = recorded;
    if (name === 'ADD' || name === 'COPY') {
      return this.#files.copy({ name, text, workingDir: this.#workingDir }, layer);
    }
    if (name === 'ARG') return this.#arguments.declare(text, later);
    const part = this.#setting(recorded);
    this.settings.push(...part.lines.filter((line) => !/^(?:ARG|MAINTAINER|SHELL) /.test(line)));
    return part;
  }

  #run({ text, builder }: RecordedStep & { readonly kind: 'command' }, layer: number | null): Part {
    const { values, command } = this.#arguments.split(text);
    const lines = [...values]
      .filter(([name, value]) => this.#env.get(name) !== value)
      .flatMap(([name, value]) => this.#arguments.write(name, value));
    const run = runLines(
      {
        text: command,
        builder,
        shell: this.#shell,
        defaultShell: this.#defaultShell,
        isBuildah: this.#isBuildah,
        cmd: this.#context.wanted.cmd,
      },
      this.#context.escapeChar,
    );
    if (run === null) {
      const what = `${command}: the history does not contain the command`;
      return layer === null ? omitted(what) : this.#files.layer(layer, `Layer ${layer}, ${what}`);
    }
    return { kind: 'recorded', notes: run.note === null ? [] : [run.note], lines: [...lines, ...run.lines] };
  }

  #setting(instruction: Instruction): Part {
    const { writer, wanted, author } = this.#context;
    const { name, text } = instruction;
    switch (name) {
      case 'ENV':
        return this.#environment(instruction);
      case 'LABEL': {
        const pairs = parsePairs(
          'LABEL',
          text,
          wanted.labels,
          this.#variables(),
          this.#isSource(instruction),
        );
        return this.#each('LABEL', pairs, wanted.labels, (chosen) => writer.label(chosen));
      }
      case 'EXPOSE':
        return this.#some(name, portsIn(text, wanted.exposedPorts), text, (ports) => writer.expose(ports));
      case 'VOLUME':
        return this.#some(name, volumesIn(text, wanted.volumes), text, (paths) => writer.volume(paths));
      case 'USER':
        return this.#one(name, this.#expanded(instruction), (user) => writer.user(user));
      case 'STOPSIGNAL':
        return this.#one(name, this.#expanded(instruction), (signal) => writer.stopSignal(signal));
      case 'WORKDIR':
        return this.#directory(this.#expanded(instruction));
      case 'SHELL': {
        const words = parseWordList(text, wanted.shell, this.#shell);
        this.#shell = words.length === 0 ? this.#shell : words;
        this.#setShell = this.#shell;
        return written(writer.shell(words), `${name} ${text}`);
      }
      case 'CMD':
        return written(writer.cmd(parseWordList(text, wanted.cmd, this.#shell)), name);
      case 'ENTRYPOINT':
        return written(writer.entrypoint(parseWordList(text, wanted.entrypoint, this.#shell)), name);
      case 'HEALTHCHECK':
        return wanted.healthcheck === null
          ? omitted(`${name}: the config has none`)
          : written(writer.healthcheck(wanted.healthcheck), name);
      case 'ONBUILD': {
        const trigger = wanted.onBuild[this.#triggers];
        if (trigger === undefined || trigger.trim() !== text.trim())
          return omitted(`${name} ${text}: not in the config`);
        this.#triggers++;
        return written(writer.onBuild(trigger), `${name} ${text}`);
      }
      case 'MAINTAINER': {
        const isPlain = author === text && /^[\w@<>.+ -]*[\w@<>.+-]$/.test(text);
        return isPlain ? written(`${name} ${text}`, name) : omitted(`${name} ${text}`);
      }
      default:
        return omitted(`${name} ${text}`);
    }
  }

  #environment(instruction: Instruction): Part {
    const { writer, wanted } = this.#context;
    const isSource = this.#isSource(instruction);
    const pairs = parsePairs('ENV', instruction.text, wanted.env, this.#variables(), isSource);
    const part = this.#each('ENV', pairs, wanted.env, (chosen) => writer.env(chosen));
    for (const [name, value] of pairs) this.#env.set(name, value);
    const removed = pairs.filter(([name]) => !wanted.env.has(name));
    // Commands of the build may need it, and only ENV would keep it.
    const lines = removed.flatMap(([name, value]) => this.#arguments.write(name, value));
    if (lines.length === 0) return part;
    const notes = removed.map(([name]) => `The config has no ${name}: only commands of the build see it.`);
    return { kind: 'recorded', notes, lines: [...part.lines, ...lines] };
  }

  /** Writes the pairs whose names the config has, all in one instruction where that is possible. */
  #each(
    name: string,
    pairs: readonly Pair[],
    known: ReadonlyMap<string, string>,
    write: (pairs: readonly Pair[]) => string | null,
  ): Part {
    const kept = pairs.filter(([key]) => known.has(key));
    if (kept.length === 0)
      return omitted(`${name} ${pairs.map(([key]) => key).join(' ')}: not in the config`);
    const line = write(kept);
    if (line !== null) return { kind: 'recorded', notes: [], lines: [line] };
    const lines = kept.map((pair) => ({ pair, line: write([pair]) }));
    const notes = lines
      .filter((each) => each.line === null)
      .map(({ pair: [key, value] }) => impossible(name, key, value));
    return { kind: 'recorded', notes, lines: lines.flatMap((each) => each.line ?? []) };
  }

  #some(
    name: string,
    found: readonly string[],
    text: string,
    write: (words: readonly string[]) => string | null,
  ): Part {
    if (found.length === 0) return omitted(`${name} ${text}: not in the config`);
    return written(write(found), `${name} ${text}`);
  }

  #one(name: string, text: string, write: (text: string) => string | null): Part {
    return written(text === '' ? null : write(text), `${name} ${text}`);
  }

  #directory(path: string): Part {
    const { writer, isWindows } = this.#context;
    this.#workingDir = isWindows ? path : posix.resolve('/', this.#workingDir, path);
    const absolute = isWindows || path.startsWith('/') ? path : this.#workingDir;
    return this.#one('WORKDIR', absolute, (directory) => writer.workdir(directory));
  }

  /** Docker records what a text expands to, buildah and kaniko the text. */
  #expanded(instruction: Instruction): string {
    const text = instruction.text.trim();
    if (!this.#isSource(instruction) || !/["'$\\]/.test(text)) return text;
    return expandText(text, this.#variables()) ?? text;
  }

  #isSource({ builder }: Instruction): boolean {
    return builder === 'source' || (builder === 'docker' && this.#isBuildah);
  }

  #variables(): ReadonlyMap<string, string> {
    return new Map([...this.#arguments.values, ...this.#env]);
  }

  /** Returns the arguments of all instructions with a name. */
  #textsOf(name: string): readonly string[] {
    return this.#context.history.flatMap(({ createdBy = '' }) => {
      const step = parseStep(createdBy, [], false);
      return step.kind === 'instruction' && step.name === name ? [step.text] : [];
    });
  }

  /** Returns how commands in shell form begin in the history. */
  #allShells(): readonly string[] {
    const { wanted } = this.#context;
    const lists = [this.#defaultShell, this.#shell, ...(wanted.shell === null ? [] : [wanted.shell])];
    for (const text of this.#textsOf('SHELL'))
      lists.push(parseWordList(text, wanted.shell, this.#defaultShell));
    return [...new Set(lists.map((words) => words.join(' ')))].filter((shell) => shell !== '');
  }
}

function impossible(name: string, key: string, value: string): string {
  return `No Dockerfile can express it: ${name} ${key}=${JSON.stringify(value)}`;
}
