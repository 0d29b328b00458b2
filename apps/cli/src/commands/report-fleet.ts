import { isLayersError } from '@layers/errors';
import type { FleetOverview } from '@layers/fleet';
import { textRedactor } from '@layers/insight/secrets';
import { fleetReport } from '@layers/report/collect';
import { fleetHtml } from '@layers/report/html';
import { CommandError } from '../command-error.js';
import { loadFleetPackage, noFleetHint } from '../input/fleet-package.js';
import { pageAssets } from '../input/page-assets.js';
import { fleetMarkdown } from '../render/report/fleet-markdown.js';
import type { Session } from '../session.js';

/** The most rows of the tables that list contents of files, bases, packages and repositories. */
const MOST_ROWS = 1000;

interface FleetReportFlags {
  readonly showValues?: boolean;
  readonly format?: 'html' | 'markdown';
}

/** Returns the page about a fleet, or its Markdown. */
export async function fleetPieces(
  folder: string,
  { showValues = false, format }: FleetReportFlags,
  session: Session,
): Promise<readonly string[]> {
  const redactor = textRedactor();
  const redact = showValues ? null : (text: string): string => redactor.redact(text);
  const facts = fleetReport(folder, await overviewOf(folder, session), redact);
  return format === 'markdown' ? [fleetMarkdown(facts)] : fleetHtml(facts, pageAssets('fleet'));
}

async function overviewOf(folder: string, { signal }: Session): Promise<FleetOverview> {
  const { fleetOverview } = await loadFleetPackage('layers report --fleet');
  try {
    return await fleetOverview(folder, { top: MOST_ROWS, signal });
  } catch (error) {
    const hint = isLayersError(error) ? noFleetHint(error) : undefined;
    if (!isLayersError(error) || hint === undefined) throw error;
    throw new CommandError(error.code, error.message, { hint, cause: error });
  }
}
