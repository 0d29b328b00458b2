import { LayersError } from '@layers/errors';

/**
 * Runs work on the tables of a fleet, with queries that are known to be right. Throws ERR_LAYERS_READ where the database cannot run
 * them: files are missing or damaged, or someone else wrote them; and ERR_LAYERS_LIMIT where they need more memory than it may use.
 */
export async function readingTables<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LayersError || !(error instanceof Error)) throw error;
    if (error.message.startsWith('Out of Memory Error')) {
      throw new LayersError('ERR_LAYERS_LIMIT', `${folder} is too large for this: ${reasonOf(error)}`, {
        archive: folder,
        hint: 'ask for fewer rows',
        cause: error,
      });
    }
    const message = `the tables of ${folder} cannot be read: ${reasonOf(error)}`;
    throw new LayersError('ERR_LAYERS_READ', message, {
      archive: folder,
      hint: 'scan the images into another folder',
      cause: error,
    });
  }
}

/** Returns what the database says in one line, without the query. */
export function reasonOf({ message }: Error): string {
  const [reason = ''] = message.split('\n\n');
  return reason.trim().replaceAll(/\s*\n\s*/g, ' ');
}
