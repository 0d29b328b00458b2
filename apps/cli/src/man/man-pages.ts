import { IMAGE_COMMAND, IMAGE_SUMMARY, usageOf } from '../program/build.js';
import { ENVIRONMENT, IMAGE_FORMS, ROOT_EXAMPLES, ROOT_STATUSES, statusesOf } from '../program/help.js';
import { globalOptions } from '../program/options.js';
import { GROUPS, SUMMARY } from '../program/program.js';
import type { CommandRecord, OptionRecord } from '../program/record.js';
import { bold, codeBlock, roffText, tagged, withPlaceholders } from './roff.js';

/** A page in the macros of man(7). */
export interface ManPage {
  /** `layers-inspect.1`. */
  readonly file: string;
  readonly text: string;
}

/** Returns the manual pages: one of the program, and one of each command. The help has the same records. */
export function manPages(version: string): readonly ManPage[] {
  const records = GROUPS.flatMap(({ commands }) => commands);
  return [
    rootPage(version),
    imagePage(records, version),
    ...records.map((each) => commandPage(each, version)),
  ];
}

function page(name: string, version: string, sections: readonly string[]): ManPage {
  const head = `.TH ${roffText(name.toUpperCase())} 1 "" "layers ${roffText(version)}" "layers"`;
  return { file: `${name}.1`, text: `${[head, ...sections].join('\n')}\n` };
}

function section(title: string, ...parts: readonly string[]): string {
  return [`.SH ${title}`, ...parts].join('\n');
}

/** The line that whatis(1) and apropos(1) read. */
function nameSection(name: string, summary: string): string {
  const lower = /^[A-Z][a-z]/.test(summary)
    ? `${summary.charAt(0).toLowerCase()}${summary.slice(1)}`
    : summary;
  return section('NAME', `${roffText(name)} \\- ${roffText(lower)}`);
}

function rootPage(version: string): ManPage {
  const commands = GROUPS.flatMap(({ title, commands }) => [
    `.SS ${roffText(title.replace(/:$/, ''))}`,
    ...commands.map(({ name, summary }) => tagged(`${bold(`layers-${name}`)}(1)`, roffText(summary))),
  ]);
  return page('layers', version, [
    nameSection('layers', SUMMARY),
    section(
      'SYNOPSIS',
      `${bold('layers')} ${withPlaceholders('COMMAND [OPTIONS] IMAGE')}`,
      '.br',
      `${bold('layers')} [${bold('--help')} | ${bold('--version')}]`,
    ),
    section('COMMANDS', ...commands),
    section('IMAGES', ...IMAGE_FORMS.map(definition)),
    section('EXAMPLES', codeBlock(ROOT_EXAMPLES)),
    section('EXIT STATUS', ...statusLines(ROOT_STATUSES)),
    section('ENVIRONMENT', ...ENVIRONMENT.map(definition)),
    section('SEE ALSO', [...['docker', 'podman', 'skopeo'].map((name) => `${bold(name)}(1)`)].join(', ')),
  ]);
}

/** The page of `image`, under which docker's names stand. */
function imagePage(records: readonly CommandRecord[], version: string): ManPage {
  const names = records.flatMap(({ name, imageNames = [] }) =>
    imageNames.map((other) =>
      tagged(bold(`layers ${IMAGE_COMMAND} ${other}`), `Runs ${bold(`layers ${name}`)}.`),
    ),
  );
  return page(`layers-${IMAGE_COMMAND}`, version, [
    nameSection(`layers-${IMAGE_COMMAND}`, IMAGE_SUMMARY),
    section('SYNOPSIS', `${bold(`layers ${IMAGE_COMMAND}`)} ${withPlaceholders('COMMAND [OPTIONS]')}`),
    section('COMMANDS', ...names),
    section('SEE ALSO', `${bold('layers')}(1)`),
  ]);
}

function commandPage(record: CommandRecord, version: string): ManPage {
  const { name, summary, options, global, examples } = record;
  const title = `layers-${name}`;
  const args = record.arguments.map((argument) =>
    tagged(withPlaceholders(argument.name.replace(/[<>[\]]|\.\.\./g, '')), roffText(argument.summary)),
  );
  return page(title, version, [
    nameSection(title, summary),
    section('SYNOPSIS', `${bold(`layers ${name}`)} ${withPlaceholders(usageOf(record))}`),
    ...(args.length === 0 ? [] : [section('ARGUMENTS', ...args)]),
    ...(options.length === 0 ? [] : [section('OPTIONS', ...options.map(optionLines))]),
    section(
      'GLOBAL OPTIONS',
      ...globalOptions(global).map(optionLines),
      tagged(`${bold('-h')}, ${bold('--help')}`, 'print a shorter form of this page'),
    ),
    section('EXAMPLES', codeBlock(examples)),
    section('EXIT STATUS', ...statusLines(statusesOf(record))),
    section('SEE ALSO', `${bold('layers')}(1)`),
  ]);
}

/** `-o, --output <FILE>`: the names in bold, the value in italics. */
function optionLines({ flags, summary }: OptionRecord): string {
  const [, names = flags, value = ''] = /^(.*?)(?: [<[](.*)[>\]])?$/.exec(flags) ?? [];
  const shown = names.split(', ').map(bold).join(', ');
  return tagged(value === '' ? shown : `${shown} ${withPlaceholders(value)}`, roffText(summary));
}

function definition([term, meaning]: readonly [term: string, meaning: string]): string {
  return tagged(bold(term), roffText(meaning));
}

function statusLines(statuses: CommandRecord['statuses']): string[] {
  return Object.entries(statuses)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([status, meaning]) => tagged(bold(status), roffText(meaning)));
}
