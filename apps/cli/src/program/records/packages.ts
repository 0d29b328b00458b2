import { PACKAGE_WORDS, SBOM_FORMATS } from '../../flags/package-words.js';
import { WRITES } from '../help.js';
import {
  BYTES,
  FORCE,
  IMAGE_ARGUMENT,
  IMAGE_OPTIONS,
  JSONL,
  NO_CACHE,
  NO_TRUNC,
  REGISTRY_OPTIONS,
  ROW_WORDS,
  templateOf,
  wholeNumber,
} from '../options.js';
import type { CommandRecord } from '../record.js';

/** `layers packages`. */
export const PACKAGES: CommandRecord = {
  name: 'packages',
  otherNames: ['syft', 'sbom', 'pkgs', 'package'],
  summary: 'List packages, with the layers that brought them; write a CycloneDX or SPDX SBOM',
  arguments: [IMAGE_ARGUMENT],
  options: [
    {
      flags: '--type <LIST>',
      summary:
        'list only: dpkg (deb), apk, rpm, npm, pypi (pip), gem, golang (go), maven (jar), cargo; comma-separated',
      choices: PACKAGE_WORDS,
      isList: true,
    },
    { flags: '--all-layers', summary: 'also list what later layers removed or replaced' },
    { flags: '--top <N>', summary: 'list the N largest packages', parse: wholeNumber },
    {
      flags: '-f, --format <FORM>',
      summary:
        "write an SBOM: cyclonedx-json (1.6) or spdx-json (2.3); or print a template for each package: '{{.Name}}', 'table …' or json",
      words: [...SBOM_FORMATS, ...ROW_WORDS],
      parse: (text) =>
        SBOM_FORMATS.find((form) => form === text) ?? templateOf(text, 'packages', SBOM_FORMATS),
      conflicts: ['json', 'jsonl'],
    },
    { flags: '-o, --output <FILE>', summary: 'write the SBOM to a file (default: standard output)' },
    FORCE,
    ...IMAGE_OPTIONS,
    NO_CACHE,
    ...REGISTRY_OPTIONS,
    BYTES,
    NO_TRUNC,
    JSONL,
  ],
  examples: [
    'layers packages app.tar',
    'layers packages --type npm,pypi --top 10 app.tar',
    'layers packages --format spdx-json app.tar -o app.spdx.json',
  ],
  statuses: WRITES,
  load: async () => (await import('../../commands/packages.js')).packages,
};
