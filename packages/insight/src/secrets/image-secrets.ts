import type { Analysis } from '@layers/core/analysis';
import type { LayerOptions } from '@layers/core/api';
import type { ReadImage } from '@layers/core/image';
import { configSecrets } from './config/config-secrets.js';
import type { RuleFile } from './custom/rule-file.js';
import type { Secret } from './document.js';
import { fileSecrets } from './file-secrets.js';
import { Redactor } from './redactor.js';
import { compiled } from './scan/scan-job.js';
import { scanLayers } from './scan/scan-layers.js';
import { TextScanner } from './scan/scan-text.js';

/** The secrets of an image. */
export interface ImageSecrets {
  /** Those of documents, then those of files. */
  readonly secrets: readonly Secret[];
  /** Removes them from texts of the image. */
  readonly redactor: Redactor;
  /** Secrets beyond the limits of a file and of a layer. */
  readonly notListed: number;
  /** Bytes of files that were scanned, of every layer once. */
  readonly scannedBytes: number;
  /** The ids of rules that took too long. */
  readonly stopped: readonly string[];
}

/**
 * Finds secrets in the files of all layers, and in the documents of the image.
 *
 * @param options.rules in place of the built-in ones
 * @throws LayersError ERR_LAYERS_READ; ERR_LAYERS_NEEDS_FILE for layers from a stream
 */
export async function imageSecrets(
  analysis: Analysis,
  options: LayerOptions & { readonly rules?: RuleFile | undefined },
): Promise<ImageSecrets> {
  const { image } = analysis;
  const file = options.rules ?? null;
  const rules = compiled(file);
  const scanner = new TextScanner(rules);
  const redactor = new Redactor(scanner);
  const layers = await scanLayers(image, file, options);
  const ofConfig = configSecrets(image, { rules, scanner, redactor });
  const ofFiles = await fileSecrets(analysis, layers, { rules, redactor });
  const stopped = new Set([...layers.flatMap((layer) => layer?.stopped ?? []), ...scanner.guard.stopped]);
  return {
    secrets: [...ofConfig.secrets, ...ofFiles.secrets],
    redactor,
    notListed: ofConfig.more + ofFiles.more,
    scannedBytes: layers.reduce((sum, layer) => sum + (layer?.scannedBytes ?? 0), 0),
    stopped: [...stopped].map((rule) => rules.rules[rule]?.rule.id ?? ''),
  };
}

/** Finds secrets in the documents of an image only. Reads no files. */
export function documentSecrets(image: ReadImage): Pick<ImageSecrets, 'secrets' | 'redactor'> {
  const rules = compiled(null);
  const scanner = new TextScanner(rules);
  const redactor = new Redactor(scanner);
  const { secrets } = configSecrets(image, { rules, scanner, redactor });
  return { secrets, redactor };
}

/** Returns what removes the secrets that the rules find in a text, where no image is at hand. */
export function textRedactor(): Redactor {
  return new Redactor(new TextScanner(compiled(null)));
}
