import { LayersError } from '@layers/errors';
import * as v from 'valibot';
import { CONFIG_FIELDS, withFieldNames } from './field-names.js';
import type { HistoryEntry } from './history.js';
import { isJsonObject, jsonObject, list, quoted, text, validate } from './validate.js';

/** The fields of `<id>/json` that are used. Archives of docker before 1.10 have it, and no `manifest.json`. */
export interface V1Image {
  readonly id: string;
  /** The v1 id of the layer below; undefined at the base. */
  readonly parent: string | undefined;
  readonly created: string | undefined;
  readonly author: string | undefined;
  readonly comment: string | undefined;
  readonly os: string | undefined;
  readonly architecture: string | undefined;
  readonly variant: string | undefined;
  /** The execution parameters as in the document; not validated. */
  readonly config: Readonly<Record<string, unknown>> | undefined;
  /** The command of the layer, joined by spaces; undefined where there is none. */
  readonly createdBy: string | undefined;
}

const id = v.pipe(
  v.string('64 lowercase hexadecimal digits'),
  v.regex(/^[a-f0-9]{64}$/, '64 lowercase hexadecimal digits'),
);

const schema = jsonObject({
  id,
  parent: v.nullish(v.union([v.literal(''), id], '64 lowercase hexadecimal digits')),
  created: v.nullish(text),
  author: v.nullish(text),
  comment: v.nullish(text),
  os: v.nullish(text),
  architecture: v.nullish(text),
  variant: v.nullish(text),
  config: v.nullish(v.custom<Record<string, unknown>>(isJsonObject, 'an object')),
  container_config: v.nullish(jsonObject({ Cmd: list(text) })),
});

/**
 * Parses `<id>/json` of the first docker-archive generation.
 *
 * @param file the file of the archive, named in errors
 * @throws LayersError ERR_LAYERS_V1 with the JSON path
 */
export function parseV1Image(json: unknown, file: string): V1Image {
  const raw = validate(schema, withFieldNames(json, CONFIG_FIELDS), { code: 'ERR_LAYERS_V1', file });
  const command = raw.container_config?.Cmd ?? [];
  return {
    id: raw.id,
    parent: raw.parent || undefined,
    created: raw.created ?? undefined,
    author: raw.author ?? undefined,
    comment: raw.comment ?? undefined,
    os: raw.os ?? undefined,
    architecture: raw.architecture ?? undefined,
    variant: raw.variant ?? undefined,
    config: raw.config ?? undefined,
    createdBy: command.length === 0 ? undefined : command.join(' '),
  };
}

/**
 * Returns the layers of a v1 image, from the base up.
 *
 * @param top the v1 id of the top layer, from a tag of `repositories`
 * @param find returns the parsed `<id>/json`, or undefined where the archive has none
 * @throws LayersError ERR_LAYERS_V1 where an ancestor is missing or the parents form a cycle
 */
export function chainOfV1(top: string, find: (id: string) => V1Image | undefined): readonly V1Image[] {
  const chain: V1Image[] = [];
  const seen = new Set<string>();
  for (let next: string | undefined = top; next !== undefined; ) {
    const file = `${next}/json`;
    if (seen.has(next)) {
      throw new LayersError('ERR_LAYERS_V1', `the parents of layer ${quoted(top)} form a cycle`, {
        file,
      });
    }
    const image = find(next);
    if (image === undefined) {
      throw new LayersError(
        'ERR_LAYERS_V1',
        `layer ${quoted(next)}, an ancestor of ${quoted(top)}, is not in the archive`,
        {
          file,
          hint: 'the archive is incomplete, or was saved without its base image',
        },
      );
    }
    seen.add(next);
    chain.push(image);
    next = image.parent;
  }
  return chain.reverse();
}

/** Converts the history in a v1 document to the form of configs. Every v1 layer has a tar. */
export function historyOfV1(image: V1Image): HistoryEntry {
  const { created, createdBy, author, comment } = image;
  return { created, createdBy, author, comment, emptyLayer: false };
}
