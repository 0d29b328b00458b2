import { readFileSync } from 'node:fs';
import { reading } from '@layers/core/io';
import { loadRules, parseBaseline, type SecretSeverity, secretsDocument } from '@layers/insight/secrets';
import type { ExitStatus } from '../exit-status.js';
import { withAnalysis } from '../input/inputs.js';
import { createProgress, showsProgress } from '../output/progress.js';
import { present } from '../render/present.js';
import { renderSecrets } from '../render/secrets.js';
import type { ImageFlags, Session } from '../session.js';

export interface SecretsFlags extends ImageFlags {
  readonly rules?: string;
  readonly baseline?: string;
  readonly severity?: SecretSeverity;
  readonly all?: boolean;
}

/** Runs `layers secrets`: finds keys, tokens and passwords in all layers and in the config. */
export async function secrets(image: string, flags: SecretsFlags, session: Session): Promise<ExitStatus> {
  const { stderr, signal } = session;
  // Before the image is read: a mistake in them is reported at once.
  const rules = flags.rules === undefined ? undefined : loadRules(flags.rules);
  const baseline = flags.baseline === undefined ? undefined : readBaseline(flags.baseline);
  const severity = flags.all === true ? 'note' : flags.severity;
  return withAnalysis(image, flags, session, { contents: true, acceptsDamage: true }, async (analysis) => {
    const wanted = showsProgress(flags, stderr);
    const progress = createProgress(stderr, wanted);
    const onProgress = wanted ? progress.update : undefined;
    const work = secretsDocument(analysis, { rules, baseline, severity, signal, onProgress });
    const document = await work.finally(progress.stop);
    return present(
      {
        document,
        items: document.secrets,
        render: (view) => renderSecrets(document, view),
        showsFindings: true,
        isFailure: () => document.secrets.length > 0 || document.totals.notListed > 0,
      },
      flags,
      session,
    );
  });
}

function readBaseline(path: string) {
  return parseBaseline(
    reading(path, () => readFileSync(path, 'utf8')),
    path,
  );
}
