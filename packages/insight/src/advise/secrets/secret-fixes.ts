import type { Secret, SecretPlace } from '../../secrets/index.js';

/** What to do about a secret. */
export interface SecretFix {
  readonly fix: string;
  readonly example: string | null;
}

const REVOKE = '; revoke it, because whoever pulled the image has it';
const MOUNT = 'RUN --mount=type=secret,id=NAME,target=PATH COMMAND';

/** Returns what to do about a secret in a file, by the instruction that stored it. */
export function fixOfFile(instruction: string | null): SecretFix {
  return /^(?:COPY|ADD)\b/i.test(instruction ?? '')
    ? {
        fix: `name the file in .dockerignore, and mount it into the RUN that needs it${REVOKE}`,
        example: MOUNT,
      }
    : { fix: `do not write it to the image: mount it into the RUN that needs it${REVOKE}`, example: MOUNT };
}

/** Returns what to do about a secret in a document of the image. */
export function fixOfDocument(kind: Exclude<SecretPlace['kind'], 'file'>): SecretFix {
  if (kind === 'env')
    return {
      fix: `give the variable to the container when it starts, not to the image${REVOKE}`,
      example: 'docker run --env-file FILE IMAGE',
    };
  if (kind === 'history' || kind === 'build-argument' || kind === 'attestation')
    return {
      fix: `mount it into the RUN that needs it: instructions and build arguments stay in the image${REVOKE}`,
      example: MOUNT,
    };
  return { fix: `leave it out of the Dockerfile${REVOKE}`, example: null };
}

/** Where in the documents of an image a secret is, for a sentence. */
export function placeInDocument(secret: Secret): string {
  const { place } = secret;
  if (place.kind === 'file') return '';
  const name = place.key === null ? '' : ` ${place.key}`;
  if (place.kind === 'env') return `the variable${name} of the image`;
  if (place.kind === 'history') return 'an instruction of the history';
  if (place.kind === 'build-argument') return `a build argument${name} in the history`;
  return `${PLACES[place.kind]}${name}`;
}

const PLACES = {
  label: 'the label',
  healthcheck: 'the health check',
  annotation: 'the annotation',
  attestation: 'the attestation',
  config: 'the config',
} as const;
