import { type InspectDocument, parseInspectDocument } from '@layers/core/analysis';
import type { LayerCache, LayerPlace } from '@layers/core/image';
import type { ShortAdvice } from '@layers/insight/advise';
import type { ImageFlags, Session } from '../session.js';
import { findInput } from './open-input.js';
import { userCache } from './user-cache.js';

/** The options on which it depends what `layers inspect` shows. */
interface InspectOptions extends ImageFlags {
  readonly top: number;
  readonly verify?: boolean;
  readonly base?: string;
}

/** What `layers inspect` shows of an image. */
export interface InspectAnswer {
  readonly document: InspectDocument;
  readonly advice: readonly ShortAdvice[];
}

/** The answer of an earlier run about the same file, and the place for that of this run. */
export class KeptInspect {
  readonly #cache: LayerCache;
  readonly #place: LayerPlace;
  readonly #question: string;

  /**
   * Returns null where no answer is kept: the image is not in a file, or the answer depends on more than that file.
   *
   * Throws the errors of `findInput`.
   */
  static of(name: string, flags: InspectOptions, session: Session): KeptInspect | null {
    const { verify = false, cache: isWanted = true, base, top, platform } = flags;
    if (verify || !isWanted || base !== undefined) return null;
    const { source, image, transport } = findInput(name, flags, session);
    if ('stream' in source || 'reference' in source) return null;
    const cache = userCache(session);
    const place = cache?.archiveAt(source.path) ?? null;
    if (cache === undefined || place === null) return null;
    const withAdvice = showsAdvice(flags);
    const question = JSON.stringify({
      command: 'inspect',
      path: source.path,
      image,
      transport,
      platform,
      top,
      withAdvice,
    });
    return new KeptInspect(cache, place, question);
  }

  private constructor(cache: LayerCache, place: LayerPlace, question: string) {
    this.#cache = cache;
    this.#place = place;
    this.#question = question;
  }

  find(): InspectAnswer | null {
    const kept = this.#cache.document(this.#place, this.#question);
    if (typeof kept !== 'object' || kept === null || !('document' in kept) || !('advice' in kept))
      return null;
    const document = parseInspectDocument(kept.document);
    const { advice } = kept;
    if (document === null || !Array.isArray(advice) || !advice.every(isShortAdvice)) return null;
    return { document, advice };
  }

  /** Keeps an answer. The next run does not compute a digest, so that it must not say that one is correct. */
  keep({ document, advice }: InspectAnswer): void {
    const layers = document.layers.map((layer) =>
      layer.verified === true ? { ...layer, verified: null } : layer,
    );
    this.#cache.keepDocument(this.#place, this.#question, { document: { ...document, layers }, advice });
  }
}

/** Whether the output has advice: only text has. */
export function showsAdvice({ json = false, jsonl = false }: InspectOptions): boolean {
  return !json && !jsonl;
}

function isShortAdvice(value: unknown): value is ShortAdvice {
  return (
    typeof value === 'object' &&
    value !== null &&
    'savableBytes' in value &&
    Number.isSafeInteger(value.savableBytes) &&
    'layer' in value &&
    Number.isSafeInteger(value.layer) &&
    'text' in value &&
    typeof value.text === 'string'
  );
}
