import { LayersError } from '@layers/errors';
import { hostUrl } from './host-name.js';

/** A mirror as the user names it, such as `mirror.example.com/hub`. */
export interface Mirror {
  /** Null where the user names none: https, then. */
  readonly scheme: 'http' | 'https' | null;
  readonly host: string;
  /** The prefix of repositories; '' for none. */
  readonly prefix: string;
}

const PREFIX = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;

/**
 * Parses the name of a mirror: a host, with or without a scheme and a prefix of repositories.
 *
 * @throws LayersError ERR_LAYERS_USAGE
 */
export function parseMirror(text: string): Mirror {
  const [, scheme, host = '', path = ''] = /^(?:(https?):\/\/)?([^/]*)(.*)$/s.exec(text) ?? [];
  const prefix = path.replace(/^\/|\/$/g, '');
  if (prefix !== '' && !PREFIX.test(prefix)) {
    throw new LayersError('ERR_LAYERS_USAGE', 'the path of a mirror is not a prefix of repositories', {
      hint: 'a mirror is such as mirror.example.com or mirror.example.com/hub',
    });
  }
  hostUrl('https', host);
  return { scheme: scheme === 'http' || scheme === 'https' ? scheme : null, host, prefix };
}
