import type { ReadImage } from '@layers/core/image';
import { cleanInstruction } from '@layers/core/oci';
import type { ConfigPlace, Secret } from '../document.js';
import { fingerprintOf } from '../fingerprint.js';
import { maskOf } from '../mask.js';
import type { Redactor } from '../redactor.js';
import type { CompiledRules } from '../scan/compiled-rules.js';
import type { FoundSecret } from '../scan/found-secret.js';
import type { TextScanner } from '../scan/scan-text.js';
import { isInBuildArgument } from './build-arguments.js';
import { type ConfigText, configTexts } from './config-texts.js';

/** What finds secrets in texts, and removes them from texts. */
export interface TextTools {
  readonly rules: CompiledRules;
  readonly scanner: TextScanner;
  readonly redactor: Redactor;
}

/** The most secrets of documents that are listed. */
const MAX_SECRETS = 1000;

/** Returns the secrets in the documents of an image, and how many more there are. */
export function configSecrets(
  image: ReadImage,
  { rules, scanner, redactor }: TextTools,
): { readonly secrets: readonly Secret[]; readonly more: number } {
  const found: { readonly text: ConfigText; readonly secret: FoundSecret }[] = [];
  let more = 0;
  for (const text of configTexts(image)) {
    const scanned = scanner.scan(text.text);
    const kept = scanned.secrets.slice(0, MAX_SECRETS - found.length);
    more += scanned.more + scanned.secrets.length - kept.length;
    for (const secret of kept) {
      redactor.add(secret.secret);
      found.push({ text, secret });
    }
  }
  const seen = new Set<string>();
  const secrets = found.flatMap(({ text, secret }) => {
    const rule = rules.rules[secret.rule]?.rule;
    if (rule === undefined) return [];
    const kind = kindOf(text, secret);
    // Old configs repeat the settings of the image as those of the container of the last step.
    const identity = JSON.stringify([kind, text.key, rule.id, secret.secret]);
    if (text.field.startsWith('container_config.') && seen.has(identity)) return [];
    seen.add(identity);
    const key = text.key === null ? null : redactor.redact(text.key);
    const instruction = kind === 'history' || kind === 'build-argument' ? stepOf(text) : null;
    const place: ConfigPlace = {
      kind,
      field: redactor.redact(text.field),
      key,
      layer: text.layer,
      instruction: instruction === null ? null : redactor.redact(instruction),
    };
    return [
      {
        rule: rule.id,
        description: rule.description,
        severity: secret.severity,
        mask: maskOf(secret.prefix),
        length: secret.isWhole || secret.end === Buffer.byteLength(text.text) ? secret.secret.length : null,
        fingerprint: fingerprintOf({
          rule: rule.id,
          place: key === null ? kind : `${kind} ${key}`,
          randomSecret: rule.isRandom ? secret.secret : null,
        }),
        place,
      },
    ];
  });
  return { secrets, more };
}

function kindOf({ kind, text }: ConfigText, { offset }: FoundSecret): ConfigText['kind'] {
  if (kind !== 'history') return kind;
  const position = Buffer.from(text).subarray(0, offset).toString('utf8').length;
  return isInBuildArgument(text, position) ? 'build-argument' : 'history';
}

function stepOf({ field, text }: ConfigText): string | null {
  return field.endsWith('.created_by') ? cleanInstruction(text) : null;
}
