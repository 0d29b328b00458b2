import type { CompiledRules } from './compiled-rules.js';
import { ContentScanner, type ScannedContent } from './content-scanner.js';
import { RuleGuard } from './rule-guard.js';

/** Finds the secrets in texts of the config of an image. */
export class TextScanner {
  readonly #scanner: ContentScanner;
  readonly guard = new RuleGuard();

  constructor(rules: CompiledRules) {
    this.#scanner = new ContentScanner(rules, this.guard, 'config');
  }

  /** Returns the secrets of a text. Offsets are bytes of its UTF-8. */
  scan(text: string): ScannedContent {
    const bytes = Buffer.from(text, 'utf8');
    this.#scanner.start('', bytes.length);
    this.#scanner.write(bytes);
    return this.#scanner.end();
  }
}
