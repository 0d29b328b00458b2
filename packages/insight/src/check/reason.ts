import type { Decision } from './compare.js';
import { actualText, counted, sizeText } from './quantities.js';
import type { CheckFigures, CheckLimit } from './report.js';
import { isList } from './rule-kinds.js';
import type { CheckRule } from './rules.js';

/**
 * Returns why a budget is kept or not, in one sentence without a full stop.
 *
 * @param listed what the limit lists: globs or labels
 */
export function reasonOf(
  rule: CheckRule,
  decision: Decision,
  figures: CheckFigures,
  {
    floor,
    listed = [],
  }: { readonly floor?: CheckLimit | undefined; readonly listed?: readonly string[] | undefined },
): string {
  const { actual, limit, isBelowFloor } = decision;
  const subject = SUBJECTS[rule]({ actual, text: actualText(actual, limit), figures, listed });
  if (isList(rule)) return subject;
  const wasted = WASTED_TOO.has(rule) ? ` (${sizeText(figures.wastedBytes)} wasted)` : '';
  const reason = `${subject}, ${relationOf(rule, decision)} ${limit.text}${wasted}`;
  return isBelowFloor && floor !== undefined
    ? `${reason}, but that is less than the floor of ${floor.text}`
    : reason;
}

function relationOf(rule: CheckRule, { actual, limit, level, isBelowFloor }: Decision): string {
  const isCrossed = level !== 'pass' || isBelowFloor;
  if (rule === 'efficiency') return isCrossed ? 'less than' : 'at least';
  return isCrossed ? 'more than' : actual === limit.value ? 'exactly' : 'at most';
}

/** Shares, which say nothing about the bytes. */
const WASTED_TOO: ReadonlySet<CheckRule> = new Set<CheckRule>(['efficiency', 'wasted-share']);

interface Facts {
  readonly actual: number;
  /** `actual` with its unit. */
  readonly text: string;
  readonly figures: CheckFigures;
  readonly listed: readonly string[];
}

const SUBJECTS: Readonly<Record<CheckRule, (facts: Facts) => string>> = {
  efficiency: ({ text }) => `${text} of the content is used`,
  'wasted-bytes': ({ text }) => `${text} is wasted`,
  'wasted-share': ({ text }) => `${text} is wasted`,
  'stored-size': ({ text }) => `the layers as stored have ${text}`,
  'content-size': ({ text }) => `the files of all layers have ${text}`,
  layers: ({ actual }) => `the image has ${counted(actual, 'layer')}`,
  'layer-size': ({ text, figures: { biggestLayer } }) =>
    biggestLayer === null
      ? 'the image has no layers'
      : `the files of layer ${biggestLayer.layer} have ${text}`,
  'added-size': ({ text }) => `the layers above the base add ${text}`,
  growth: growthText,
  'forbidden-paths': ({ actual, listed }) =>
    `${actual === 0 ? 'no path matches' : actual === 1 ? '1 path matches' : `${actual} paths match`} ${listed.join(', ')}`,
  junk: ({ text }) => `${text} is caches, version control, compiled Python files or temporary files`,
  secrets: ({ actual }) =>
    actual === 0
      ? 'no secrets were found'
      : `${counted(actual, 'secret')} ${actual === 1 ? 'was' : 'were'} found`,
  setuid: ({ actual }) =>
    actual === 0
      ? 'no file runs with the rights of another user'
      : `${counted(actual, 'file')} ${actual === 1 ? 'runs' : 'run'} with the rights of another user`,
  labels: ({ actual, listed }) =>
    actual === 0
      ? `${counted(listed.length, 'required label')} ${listed.length === 1 ? 'is' : 'are'} there`
      : `${actual} of ${counted(listed.length, 'required label')} ${actual === 1 ? 'is' : 'are'} missing or wrong`,
  user: ({ actual }) => (actual === 0 ? 'containers do not run as root' : 'containers run as root'),
};

function growthText({ text, figures: { growthBytes, growthShare } }: Facts): string {
  const bytes = growthBytes ?? 0;
  if (bytes < 0) return `the image shrank by ${sizeText(-bytes)}`;
  const share = growthShare === null ? '' : `, ${Number((growthShare * 100).toPrecision(3))} %`;
  return bytes === 0
    ? 'the image did not grow'
    : `the image grew by ${text.endsWith('%') ? sizeText(bytes) : text}${share}`;
}
