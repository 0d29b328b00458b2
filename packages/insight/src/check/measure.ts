import type { Analysis } from '@layers/core/analysis';
import type { DiveMetrics } from '../dive/index.js';
import { type Baseline, type ImageSecrets, selectSecrets } from '../secrets/index.js';
import type { Budget, BudgetLimit } from './budget.js';
import type { Figure } from './compare.js';
import { missingLabels, rootUser } from './config-rules.js';
import type { Counted } from './counted.js';
import { type Evidence, firstOf, layerEvidence } from './evidence.js';
import { forbiddenPaths } from './forbidden-paths.js';
import { junkOf } from './junk.js';
import type { CheckAgainst, CheckFigures, CheckLayer } from './report.js';
import type { CheckRule } from './rules.js';
import { secretEvidence } from './secret-evidence.js';
import { privilegedFiles } from './setuid.js';
import { reasonUnread, unreadLayers } from './unread.js';
import { wasteEvidence } from './waste-evidence.js';

/** What is known about an image before its rules are checked. */
export interface Known {
  readonly analysis: Analysis;
  readonly figures: CheckFigures;
  /** With instructions that may be shown. */
  readonly layers: readonly CheckLayer[];
  readonly baseLayers: number;
  readonly against: CheckAgainst | null;
  /** The layers of the image to compare with whose files are not all known. */
  readonly againstUnread: readonly number[];
  /** Null where no rule needs them. */
  readonly scanned: ImageSecrets | null;
  readonly secretBaseline: Baseline | undefined;
  /** What to compare budgets of waste with, in place of the figures; null for these. */
  readonly dive: DiveMetrics | null;
}

/** What a rule is about in an image. */
export interface Measured {
  readonly figure: Figure;
  /** Returns what to blame where the limit is crossed. */
  readonly evidence: (limit: BudgetLimit) => Evidence;
  /** Why the figure does not show that the limit is kept; null where it does. */
  readonly incomplete: string | null;
}

/** A figure of what could be read. */
type Found = Omit<Measured, 'incomplete'>;

/** Returns what a rule is about; text where it cannot be checked. */
export type Measure = (rule: CheckRule, budget: Budget) => Measured | string;

/** Returns a function that measures an image for each rule. What several rules need is computed once. */
export function measure(known: Known): Measure {
  const { analysis, figures, layers, baseLayers, against } = known;
  const { union, image } = analysis;
  const instructions = layers.map(({ instruction }) => instruction);
  const config = image.description.config.config ?? {};
  const ofWaste = once(() => wasteEvidence(analysis, instructions, baseLayers));
  const ofLayers = once(() => layerEvidence(layers.slice(baseLayers)));
  const { efficiency, wastedBytes, userWastedPercent } = known.dive ?? {
    ...figures,
    userWastedPercent: figures.wastedShare,
  };
  const wasted = (value: number): Found => ({
    figure: { in: () => value, floorBytes: wastedBytes },
    evidence: ofWaste,
  });
  const sized = (value: number, evidence: () => Evidence = ofLayers): Found => ({
    figure: { in: () => value },
    evidence,
  });

  const measures: Readonly<Record<CheckRule, (budget: Budget) => Found | string>> = {
    efficiency: () => wasted(efficiency),
    'wasted-bytes': () => wasted(wastedBytes),
    'wasted-share': () => wasted(userWastedPercent),
    'stored-size': () => sized(figures.storedBytes),
    'content-size': () => sized(figures.contentBytes),
    layers: () => sized(figures.layers),
    'layer-size': () => ({
      figure: { in: () => figures.biggestLayer?.contentBytes ?? 0 },
      evidence: ({ value }) => layerEvidence(layers.filter(({ contentBytes }) => contentBytes > value)),
    }),
    'added-size': () => (figures.addedBytes === null ? 'no base image is given' : sized(figures.addedBytes)),
    growth: () => (against === null ? 'no image to compare with is given' : growthSince(against, figures)),
    'forbidden-paths': () => listed((globs) => forbiddenPaths(image, globs, instructions, baseLayers)),
    junk: () => {
      const { bytes, evidence } = junkOf(union, instructions, baseLayers);
      return sized(bytes, evidence);
    },
    secrets: ({ severity }) => {
      const { scanned } = known;
      if (scanned === null) return 'the contents of files were not read';
      const { secrets } = selectSecrets(scanned.secrets, { severity, baseline: known.secretBaseline });
      return found(secretEvidence(secrets, scanned.notListed, baseLayers));
    },
    setuid: ({ allow = [] }) => found(privilegedFiles(union, instructions, baseLayers, allow)),
    labels: () => listed((labels) => missingLabels(config, labels)),
    user: () => found(rootUser(config)),
  };
  const unread = unreadLayers(image);
  return (rule, budget) => {
    const found = measures[rule](budget);
    if (typeof found === 'string') return found;
    const ofOther = rule === 'growth' ? reasonUnread(rule, known.againstUnread, 0, against?.name) : null;
    return { ...found, incomplete: reasonUnread(rule, unread, baseLayers) ?? ofOther };
  };
}

function found({ count, evidence }: Counted): Found {
  return { figure: { in: () => count }, evidence: () => evidence };
}

/** Counts what a limit lists. */
function listed(count: (items: readonly string[]) => Counted): Found {
  const counts = new Map<BudgetLimit, Counted>();
  const of = (limit: BudgetLimit): Counted => {
    const known = counts.get(limit) ?? count(limit.items ?? []);
    counts.set(limit, known);
    return known;
  };
  return { figure: { in: (limit) => of(limit).count }, evidence: (limit) => of(limit).evidence };
}

function growthSince(
  { added, moreAdded, newLayers, figures: before }: CheckAgainst,
  figures: CheckFigures,
): Found {
  const growthBytes = figures.growthBytes ?? 0;
  // Anything is more than nothing: an image without files has no share to grow by.
  const share = figures.growthShare ?? growthBytes / Math.max(1, before.contentBytes);
  return {
    figure: { in: ({ unit }) => (unit === 'ratio' ? share : growthBytes), floorBytes: growthBytes },
    evidence: () => (added.length > 0 ? firstOf(added, moreAdded) : layerEvidence(newLayers)),
  };
}

function once<Value>(compute: () => Value): () => Value {
  let value: { readonly of: Value } | null = null;
  return () => {
    value ??= { of: compute() };
    return value.of;
  };
}
