import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { LayersError } from '@layers/errors';

type DuckDB = typeof import('@duckdb/node-api');

/** A database in memory, with the library that it is of. */
export interface Database {
  readonly library: DuckDB;
  readonly connection: DuckDBConnection;
  close(): void;
}

export interface DatabaseOptions {
  /** The most bytes of memory; more goes to files in `temporary`. */
  readonly memoryBytes: number;
  readonly threads: number;
  /** A directory for what does not fit into memory. It is made when it is needed. */
  readonly temporary: string;
}

/**
 * Opens an empty database in memory. It loads no extension from the network.
 *
 * @throws LayersError ERR_LAYERS_ENGINE_MISSING
 */
export async function openDatabase({ memoryBytes, threads, temporary }: DatabaseOptions): Promise<Database> {
  const library = await loadDuckDB();
  const instance = await library.DuckDBInstance.create(':memory:', {
    memory_limit: `${Math.round(memoryBytes / 1e6)}MB`,
    threads: String(threads),
    temp_directory: temporary,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  return connect(library, instance);
}

async function connect(library: DuckDB, instance: DuckDBInstance): Promise<Database> {
  const connection = await instance.connect();
  return {
    library,
    connection,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function loadDuckDB(): Promise<DuckDB> {
  try {
    return await import('@duckdb/node-api');
  } catch (cause) {
    throw duckDBMissing(cause);
  }
}

/** Returns the error of a DuckDB that is not installed, or whose binary the system cannot load. */
export function duckDBMissing(cause: unknown): LayersError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (cause instanceof Error && code === 'ERR_DLOPEN_FAILED') {
    const [reason = ''] = cause.message.split('\n');
    return new LayersError('ERR_LAYERS_ENGINE_MISSING', `the system cannot load DuckDB: ${reason}`, {
      hint: 'install the library that is missing: libstdc++.so.6 is in the package libstdc++ of Alpine and Fedora, and libstdc++6 of Debian',
      cause,
    });
  }
  const isAbsent = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  const reason = cause instanceof Error && !isAbsent ? `: ${cause.message.split('\n')[0]}` : '';
  const message = `the library @duckdb/node-api cannot be loaded${reason}`;
  return new LayersError('ERR_LAYERS_ENGINE_MISSING', message, {
    hint: 'npm install @duckdb/node-api, which has binaries for Linux, macOS and Windows',
    cause,
  });
}

/** Returns a text as a literal of SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
