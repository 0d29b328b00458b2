/**
 * Whether a name matches a pattern by the rules of Go's path.Match, which docker's filters follow: `*` and `?` pass no
 * slash, `[a-z]` and `[^a-z]` are sets, `\` takes the next character as it is. An invalid pattern matches nothing.
 * The time is at most proportional to the product of both lengths.
 */
export function globMatches(pattern: string, name: string): boolean {
  const steps = stepsOf([...pattern]);
  return steps !== null && walk(steps, [...name]);
}

/** A character's test, or a star. */
type Step = '*' | ((character: string) => boolean);

function walk(steps: readonly Step[], name: readonly string[]): boolean {
  let step = 0;
  let at = 0;
  // The last star, and how far it has got: no earlier one can do better.
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    const test = steps[step];
    const character = name[at] ?? '';
    if (test === '*') {
      star = step++;
      starAt = at;
    } else if (test?.(character)) {
      step++;
      at++;
    } else if (star >= 0 && name[starAt] !== '/') {
      at = ++starAt;
      step = star + 1;
    } else return false;
  }
  while (steps[step] === '*') step++;
  return step === steps.length;
}

function stepsOf(pattern: readonly string[]): Step[] | null {
  const steps: Step[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? '';
    if (character === '*') {
      if (steps.at(-1) !== '*') steps.push('*');
    } else if (character === '?') steps.push((found) => found !== '/');
    else if (character === '[') {
      const set = setAt(pattern, at + 1);
      if (set === null) return null;
      steps.push(set.test);
      at = set.end;
    } else if (character === '\\') {
      const literal = pattern[++at];
      if (literal === undefined) return null;
      steps.push((found) => found === literal);
    } else steps.push((found) => found === character);
  }
  return steps;
}

/** Returns the set that starts at `start`; null if it does not end. */
function setAt(
  pattern: readonly string[],
  start: number,
): { readonly test: (character: string) => boolean; readonly end: number } | null {
  const negated = pattern[start] === '^';
  const ranges: { readonly low: string; readonly high: string }[] = [];
  let at = negated ? start + 1 : start;
  while (pattern[at] !== ']' || ranges.length === 0) {
    const low = literalAt(pattern, at);
    if (low === null) return null;
    at = low.next;
    const high = pattern[at] === '-' ? literalAt(pattern, at + 1) : low;
    if (high === null) return null;
    if (high !== low) at = high.next;
    ranges.push({ low: low.character, high: high.character });
  }
  const holds = (found: string): boolean => ranges.some(({ low, high }) => low <= found && found <= high);
  return { test: (found) => found !== '/' && holds(found) !== negated, end: at };
}

function literalAt(
  pattern: readonly string[],
  at: number,
): { readonly character: string; readonly next: number } | null {
  const first = pattern[at];
  if (first === undefined || first === '-' || first === ']') return null;
  const character = first === '\\' ? pattern[at + 1] : first;
  if (character === undefined) return null;
  return { character, next: first === '\\' ? at + 2 : at + 1 };
}
