import type { ImageFlags } from '../session.js';
import type { FormatRequest } from '../template/format-request.js';

export interface InspectFlags extends ImageFlags {
  readonly top: number;
  readonly verify?: boolean;
  readonly layers?: boolean;
  readonly all?: boolean;
  readonly base?: string;
  readonly format?: FormatRequest;
}
