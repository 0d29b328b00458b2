import { type Analysis, allFindings, imageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import type { LayerOptions } from '@layers/core/api';
import type { Finding } from '@layers/core/findings';
import { type DiveMetrics, diveMetricsOf } from '../dive/index.js';
import {
  type Baseline,
  documentSecrets,
  imageSecrets,
  type RuleFile,
  ruleFindings,
  withoutSecrets,
} from '../secrets/index.js';
import { type Against, compareWith } from './against.js';
import { type Budgets, isChecked, rulesIn } from './budget.js';
import { damageResult } from './damage.js';
import { DIVE_DEFAULTS } from './defaults.js';
import { imageFigures } from './figures.js';
import { type Known, measure } from './measure.js';
import type {
  CheckBase,
  CheckEvidence,
  CheckFigures,
  CheckLevel,
  CheckReport,
  CheckResult,
} from './report.js';
import { resultOf } from './result.js';
import type { CheckRule } from './rules.js';
import { unreadLayers } from './unread.js';

/** Options of `checkDocument`. */
export interface CheckOptions extends LayerOptions {
  /** Default: an efficiency of at least 0.9, and a wasted share of at most 0.1, as dive has it. */
  readonly budgets?: Budgets | undefined;
  /** The image that the image was built on, which is not blamed: its name, and the number of its layers. */
  readonly base?: Pick<CheckBase, 'name' | 'layers'> | undefined;
  /** What to compare the image with. */
  readonly against?: Against | undefined;
  /** Rules to find secrets by, in place of the built-in ones. */
  readonly secretRules?: RuleFile | undefined;
  /** Secrets that do not count. */
  readonly secretBaseline?: Baseline | undefined;
  /** `dive`: compare budgets of waste with what dive 0.13 computes, which knows no base. Default: with `figures`. */
  readonly metrics?: 'layers' | 'dive' | undefined;
  /** Whether warnings fail, in all that the report says. */
  readonly strict?: boolean | undefined;
  /** What was found in the files with the budgets. */
  readonly findings?: readonly Finding[] | undefined;
}

/**
 * Checks an image against budgets. Reads contents only to find secrets, and to compare with another image.
 *
 * @throws LayersError ERR_LAYERS_READ; ERR_LAYERS_USAGE for an invalid glob; ERR_LAYERS_NEEDS_FILE where the contents of a
 *   stream are needed
 */
export async function checkDocument(analysis: Analysis, options: CheckOptions = {}): Promise<CheckReport> {
  const { image } = analysis;
  const { budgets = DIVE_DEFAULTS, base, strict = false, signal, onProgress } = options;
  const rules = rulesIn(budgets).filter((rule) => isChecked(budgets[rule]));
  const scanned = rules.includes('secrets')
    ? await imageSecrets(analysis, { rules: options.secretRules, signal, onProgress })
    : null;
  const { redactor } = scanned ?? documentSecrets(image);
  const redact = (text: string): string => redactor.redact(text);
  const baseLayers = base?.layers ?? 0;
  const { figures: own, layers: all, baseWastedBytes } = imageFigures(analysis, baseLayers);
  const layers = all.map((layer) => ({
    ...layer,
    instruction: layer.instruction === null ? null : redact(layer.instruction),
  }));
  const against =
    options.against === undefined
      ? null
      : await compareWith(options.against, image, layers, { signal, onProgress });
  const other = options.against !== undefined && 'image' in options.against ? options.against.image : null;
  const growthBytes = against === null ? null : own.contentBytes - against.figures.contentBytes;
  const biggestLayer = layers[own.biggestLayer?.layer ?? 0] ?? null;
  const figures: CheckFigures = {
    ...own,
    biggestLayer,
    growthBytes,
    growthShare:
      growthBytes === null || !against?.figures.contentBytes
        ? null
        : growthBytes / against.figures.contentBytes,
  };
  const known = {
    analysis,
    figures,
    layers,
    baseLayers,
    against,
    againstUnread: other === null ? [] : unreadLayers(other),
    scanned,
    secretBaseline: options.secretBaseline,
    dive: null,
  };
  const dive = options.metrics === 'dive' ? diveMetricsOf(image) : null;
  const judge = dive === null ? judgeBy(known, budgets) : judgeByDive(known, budgets, dive);
  const findings = [
    ...allFindings(analysis),
    ...(options.findings ?? []),
    ...ruleFindings(options.secretRules ?? null, scanned?.stopped ?? []),
  ];
  const damage = damageResult(
    findings,
    layers.map(({ instruction }) => instruction),
  );
  const judged = [...(damage === null ? [] : [damage]), ...rules.map(judge)];
  const results = judged.map((result) => withoutSecretsIn(strict ? strictly(result) : result, redact));
  const totals = { fail: 0, warn: 0, pass: 0, skip: 0 };
  for (const { level } of results) totals[level]++;
  const { config: _config, ...info } = imageInfo(image.description);
  return withoutSecrets<CheckReport>(
    {
      schemaVersion: SCHEMA_VERSION,
      source: image.archive.source,
      image: info,
      verdict: verdictOf(totals),
      totals,
      figures,
      dive: dive === null ? null : { ...dive, userWastedPercent: finite(dive.userWastedPercent) },
      layers,
      base: base === undefined ? null : { ...base, wastedBytes: baseWastedBytes },
      against:
        against === null ? null : { ...against, added: against.added.map((item) => redacted(item, redact)) },
      results,
      findings,
    },
    redactor,
  );
}

type Judge = (rule: CheckRule) => CheckResult;

function judgeBy(known: Known, budgets: Budgets): Judge {
  const measured = measure(known);
  return (rule) => resultOf(rule, budgets[rule] ?? {}, known.figures, measured);
}

/** Judges by the metrics of dive. Where the own ones lead to another verdict, the reason has both. */
function judgeByDive(known: Known, budgets: Budgets, dive: DiveMetrics): Judge {
  const own = judgeBy(known, budgets);
  const figures = { ...known.figures, wastedBytes: dive.wastedBytes };
  const measured = measure({ ...known, dive });
  return (rule) => {
    const here = own(rule);
    const there = resultOf(rule, budgets[rule] ?? {}, figures, measured);
    const result = { ...there, actual: there.actual === null ? null : finite(there.actual) };
    if (here.level === there.level) return result;
    return { ...result, reason: `dive: ${there.reason}; layers: ${here.reason}` };
  };
}

/** JSON has neither NaN nor Infinity. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Returns a result in which a warning is a failure. */
function strictly(result: CheckResult): CheckResult {
  if (result.level !== 'warn') return result;
  return { ...result, level: 'fail', reason: `${result.reason} (a warning, and warnings fail)` };
}

function verdictOf(totals: Readonly<Record<CheckLevel, number>>): CheckReport['verdict'] {
  if (totals.fail > 0) return 'fail';
  return totals.warn > 0 ? 'warn' : 'pass';
}

type Redact = (text: string) => string;

function withoutSecretsIn(result: CheckResult, redact: Redact): CheckResult {
  return {
    ...result,
    reason: redact(result.reason),
    evidence: result.evidence.map((item) => redacted(item, redact)),
  };
}

/** Paths and notes come from the image; instructions are redacted already. */
function redacted(item: CheckEvidence, redact: Redact): CheckEvidence {
  const path = item.path === null ? null : redact(item.path);
  const { pathBase64, ...rest } = item;
  // The base64 of a path with a secret has the secret.
  const exact = pathBase64 === undefined || path !== item.path ? {} : { pathBase64 };
  return { ...rest, path, ...exact, note: redact(item.note) };
}
