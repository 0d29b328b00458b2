import { type Analysis, allFindings, imageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { LayerOptions } from '@layers/core/api';
import { createFinding, type Finding } from '@layers/core/findings';
import { type Baseline, createBaselineFilter } from './baseline.js';
import type { RuleFile } from './custom/rule-file.js';
import type { Secret, SecretsDocument, SecretsTotals } from './document.js';
import { imageSecrets } from './image-secrets.js';
import type { Redactor } from './redactor.js';
import { SECRET_SEVERITIES, type SecretSeverity } from './rule.js';

/** Options of `findSecrets`. */
export interface SecretsOptions extends LayerOptions {
  /** Rules in place of the built-in ones; see `parseRules`. */
  readonly rules?: RuleFile | undefined;
  /** Lists only secrets that an earlier scan did not find; see `parseBaseline`. */
  readonly baseline?: Baseline | undefined;
  /** The least severity that is listed. Default: `warning`. */
  readonly severity?: SecretSeverity | undefined;
}

/**
 * Finds secrets in the files of all layers, also in those that later layers remove, and in the documents of the image.
 *
 * @throws LayersError ERR_LAYERS_READ; ERR_LAYERS_NEEDS_FILE for layers from a stream
 */
export async function secretsDocument(
  analysis: Analysis,
  options: SecretsOptions = {},
): Promise<SecretsDocument> {
  const { image } = analysis;
  const file = options.rules ?? null;
  const { secrets: all, redactor, notListed, scannedBytes, stopped } = await imageSecrets(analysis, options);
  const { secrets, counts } = selectSecrets(all, options);
  const findings = [...allFindings(analysis), ...ruleFindings(file, stopped)];
  const { config: _config, ...info } = imageInfo(image.description);
  return withoutSecrets<SecretsDocument>(
    {
      schemaVersion: SCHEMA_VERSION,
      source: image.archive.source,
      image: info,
      secrets,
      totals: { ...counts, notListed, scannedBytes },
      findings,
    },
    redactor,
  );
}

type Counts = Omit<SecretsTotals, 'notListed' | 'scannedBytes'>;

/** Selects the secrets that are listed, and counts the others. */
export function selectSecrets(
  all: readonly Secret[],
  { baseline = new Map(), severity = 'warning' }: Pick<SecretsOptions, 'baseline' | 'severity'>,
): { secrets: Secret[]; counts: Counts } {
  const rank = (secret: Secret): number => SECRET_SEVERITIES.indexOf(secret.severity);
  const isKnown = createBaselineFilter(baseline);
  const secrets: Secret[] = [];
  const counts = { error: 0, warning: 0, note: 0, known: 0, hiddenInPackages: 0, hidden: 0 };
  for (const secret of all) {
    if (isKnown(secret.fingerprint)) counts.known++;
    else if (rank(secret) <= SECRET_SEVERITIES.indexOf(severity)) {
      secrets.push(secret);
      counts[secret.severity]++;
    } else if (secret.place.kind === 'file' && secret.place.package !== null) counts.hiddenInPackages++;
    else counts.hidden++;
  }
  secrets.sort((a, b) => rank(a) - rank(b));
  return { secrets, counts };
}

/** Returns the findings about rules that were not used, or not everywhere. */
export function ruleFindings(file: RuleFile | null, stopped: readonly string[]): Finding[] {
  return [...unusedRules(file), ...stopped.map(tooSlow)];
}

/** Removes secrets from the facts about the image and from the findings, but for digests. */
export function withoutSecrets<Document extends Pick<SecretsDocument, 'image' | 'findings'>>(
  document: Document,
  redactor: Redactor,
): Document {
  const redact = (text: string): string => redactor.redact(text);
  const { image } = document;
  const { platform, created, tags } = image;
  return {
    ...document,
    image: {
      ...image,
      tags: tags.map(redact),
      created: created === null ? null : redact(created),
      platform: platform === null ? null : redactedPlatform(platform, redact),
    },
    findings: document.findings.map((finding) => redactedFinding(finding, redact)),
  };
}

function redactedFinding(finding: Finding, redact: (text: string) => string): Finding {
  const message = redact(finding.message);
  const path = finding.place?.path;
  if (finding.place === undefined || path === undefined) return { ...finding, message };
  const { pathBase64, ...place } = finding.place;
  const shown = redact(path);
  // The base64 of a path with a secret has the secret.
  const exact = pathBase64 === undefined || shown !== path ? {} : { pathBase64 };
  return { ...finding, message, place: { ...place, path: shown, ...exact } };
}

function redactedPlatform(
  { os, architecture, variant, osVersion }: NonNullable<SecretsDocument['image']['platform']>,
  redact: (text: string) => string,
) {
  return {
    os: redact(os),
    architecture: redact(architecture),
    ...(variant === undefined ? {} : { variant: redact(variant) }),
    ...(osVersion === undefined ? {} : { osVersion: redact(osVersion) }),
  };
}

function unusedRules(file: RuleFile | null): Finding[] {
  return (file?.unused ?? []).map(({ rule, reason }) =>
    createFinding('rule-not-used', `the rule ${JSON.stringify(rule)} is not used: ${reason}`),
  );
}

function tooSlow(rule: string): Finding {
  const message = `the rule ${JSON.stringify(rule)} takes too long on the contents of the image, and was not used on all of them`;
  return createFinding('rule-too-slow', message);
}
