import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from '@layers/core/io';
import { isJsonObject } from '../json-value.js';

/** Who holds something: enough to tell, from another process, whether it still lives. */
export interface Holder {
  /** Never used again. */
  readonly id: string;
  readonly pid: number;
  /** When the process began, in ticks since boot; null where the system does not say. */
  readonly start: string | null;
  readonly host: string;
  /** Tells hosts of one name apart. */
  readonly machine: string | null;
  /** The run of the system that `pid` counts in. */
  readonly boot: string | null;
  /** The numbering that `pid` belongs to: containers have their own. */
  readonly pidNamespace: string | null;
}

/** `foreign` is what cannot be told from here: another host, or another container. */
export type HolderState = 'alive' | 'dead' | 'foreign';

/** This process, as holder of something with that id. */
export function thisHolder(id: string): Holder {
  return { id, ...self() };
}

let known: Omit<Holder, 'id'> | undefined;

function self(): Omit<Holder, 'id'> {
  known ??= {
    pid: process.pid,
    start: processOf(process.pid)?.start ?? null,
    host: hostname(),
    machine: textOf('/etc/machine-id'),
    boot: textOf('/proc/sys/kernel/random/boot_id'),
    pidNamespace: namespaceOf(),
  };
  return known;
}

/** Reads what `thisHolder` gave as JSON; null for anything else, such as a file that was cut off. */
export function parseHolder(text: string): Holder | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isJsonObject(json)) return null;
  const { id, pid, host } = json;
  if (typeof id !== 'string' || !/^[a-z0-9-]{1,64}$/.test(id)) return null;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1 || typeof host !== 'string')
    return null;
  const text_ = (key: string): string | null => (typeof json[key] === 'string' ? json[key] : null);
  return {
    id,
    pid,
    host,
    start: text_('start'),
    machine: text_('machine'),
    boot: text_('boot'),
    pidNamespace: text_('pidNamespace'),
  };
}

/** Whether a holder lives, as far as this process can know. */
export function holderState(holder: Holder): HolderState {
  const here = self();
  if (holder.boot !== here.boot) {
    // No process outlives its system.
    return holder.host === here.host && holder.machine === here.machine ? 'dead' : 'foreign';
  }
  if (holder.boot === null && (holder.host !== here.host || holder.machine !== here.machine))
    return 'foreign';
  if (holder.pidNamespace !== here.pidNamespace) return 'foreign';
  const process_ = processOf(holder.pid);
  if (process_ !== null) {
    if (process_.hasEnded || (holder.start !== null && process_.start !== holder.start)) return 'dead';
    return 'alive';
  }
  return isThere(holder.pid) ? 'alive' : 'dead';
}

/** Of Linux's `/proc/PID/stat` (proc_pid_stat(5)); null where there is none. */
function processOf(pid: number): { readonly start: string; readonly hasEnded: boolean } | null {
  const stat = textOf(`/proc/${pid}/stat`);
  // The name before it may hold any character, brackets too.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields?.[0];
  const start = fields?.[19];
  if (state === undefined || start === undefined) return null;
  return { start, hasEnded: state === 'Z' || state === 'X' || state === 'x' };
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}

function namespaceOf(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
