import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from '@layers/core/io';
import { isJsonObject } from '../json-value.js';

/** The process that holds a lock or a lease. Another process can find out whether it still runs. */
export interface Holder {
  /** Never reused. */
  readonly id: string;
  readonly pid: number;
  /** Start time of the process in ticks since boot; null if the system does not report it. */
  readonly start: string | null;
  readonly host: string;
  /** `/etc/machine-id`: distinguishes hosts with the same name. */
  readonly machine: string | null;
  /** The boot id: `pid` is unique within one boot only. */
  readonly boot: string | null;
  /** The PID namespace of `pid`: each container has its own. */
  readonly pidNamespace: string | null;
}

/** A holder, and the file that the lock links to. */
export interface LockHolder {
  readonly holder: Holder;
  /** A file in the file system of the lock that contains `holder` as JSON; null on a full disk. */
  readonly holderFile: string | null;
}

/** `foreign`: on another host or in another container, so that its state is not known. */
export type HolderState = 'alive' | 'dead' | 'foreign';

/** Returns this process as the holder of a lock or lease with that id. */
export function thisHolder(id: string): Holder {
  return { id, ...thisProcess() };
}

let cached: Omit<Holder, 'id'> | undefined;

function thisProcess(): Omit<Holder, 'id'> {
  cached ??= {
    pid: process.pid,
    start: processOf(process.pid)?.start ?? null,
    host: hostname(),
    machine: readTextOrNull('/etc/machine-id'),
    boot: readTextOrNull('/proc/sys/kernel/random/boot_id'),
    pidNamespace: pidNamespace(),
  };
  return cached;
}

/** Parses a holder's JSON. Returns null for other text, such as a truncated file. */
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
  const textField = (key: string): string | null => (typeof json[key] === 'string' ? json[key] : null);
  return {
    id,
    pid,
    host,
    start: textField('start'),
    machine: textField('machine'),
    boot: textField('boot'),
    pidNamespace: textField('pidNamespace'),
  };
}

/** Returns whether a holder's process still runs, as far as this process can find out. */
export function holderState(holder: Holder): HolderState {
  const here = thisProcess();
  if (holder.boot !== here.boot) {
    // A process does not survive a reboot.
    return holder.host === here.host && holder.machine === here.machine ? 'dead' : 'foreign';
  }
  if (holder.boot === null && (holder.host !== here.host || holder.machine !== here.machine))
    return 'foreign';
  if (holder.pidNamespace !== here.pidNamespace) return 'foreign';
  const info = processOf(holder.pid);
  if (info !== null) {
    if (info.hasEnded || (holder.start !== null && info.start !== holder.start)) return 'dead';
    return 'alive';
  }
  return exists(holder.pid) ? 'alive' : 'dead';
}

/** Reads Linux's `/proc/PID/stat` (proc_pid_stat(5)); null if it does not exist. */
function processOf(pid: number): { readonly start: string; readonly hasEnded: boolean } | null {
  const stat = readTextOrNull(`/proc/${pid}/stat`);
  // The process name before it may contain any character, parentheses too.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields?.[0];
  const start = fields?.[19];
  if (state === undefined || start === undefined) return null;
  return { start, hasEnded: state === 'Z' || state === 'X' || state === 'x' };
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}

function pidNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

function readTextOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
