import { imageInfo, SCHEMA_VERSION } from '@layers/core/analysis';
import {
  type Archive,
  changesetOf,
  type ImageDescription,
  type ReadImage,
  readImage,
} from '@layers/core/image';
import { findBase } from '@layers/insight/base';
import {
  type BaseBoundary,
  boundaryOf,
  type DockerfileDocument,
  layerFiles,
  recognisedBase,
  restore,
} from '@layers/insight/dockerfile';
import type { ExitStatus } from '../exit-status.js';
import { lowestLayers } from '../input/base-layers.js';
import { describedImage } from '../input/described-input.js';
import { type Inputs, withInputs } from '../input/inputs.js';
import { chooseImage, findInput } from '../input/open-input.js';
import { registryName } from '../input/registry-input.js';
import { isExact } from '../output/exact-text.js';
import { shellWord } from '../output/shell-word.js';
import type { View } from '../output/view.js';
import { renderDockerfile } from '../render/dockerfile.js';
import { present } from '../render/present.js';
import type { ImageFlags, Session } from '../session.js';

export interface DockerfileFlags extends ImageFlags {
  readonly base?: string;
  readonly layers?: boolean;
}

/** Runs `layers dockerfile`: writes a Dockerfile for an image. */
export function dockerfile(name: string, flags: DockerfileFlags, session: Session): Promise<ExitStatus> {
  return withInputs(flags, session, async (inputs) => {
    const { archive, description, read, endProgress } = await openWithLayers(name, flags, inputs);
    const boundary = await baseBoundary(description, flags.base, inputs);
    endProgress();
    const restored = restore({
      description,
      boundary,
      files: (layer) => {
        const found = read?.layers[layer];
        return found === undefined || found.index === null ? null : layerFiles(changesetOf(found));
      },
      exportCommand: exportCommandOf(name, flags),
    });
    const document: DockerfileDocument = {
      schemaVersion: SCHEMA_VERSION,
      source: archive.source,
      image: imageInfo(description),
      ...restored,
      findings: [...archive.findings, ...description.findings, ...(read?.findings ?? [])],
    };
    const render = (view: View) => renderDockerfile(document, isExact(view, session));
    return present({ document, render, showsFindings: false }, flags, session);
  });
}

/** An image, and its layers unless a registry would have to send them. */
interface WithLayers {
  readonly archive: Archive;
  readonly description: ImageDescription;
  readonly read: ReadImage | null;
  readonly endProgress: () => void;
}

async function openWithLayers(name: string, flags: DockerfileFlags, inputs: Inputs): Promise<WithLayers> {
  const described = flags.layers === true ? null : await describedImage(name, flags, inputs.session);
  if (described !== null) return { ...described, read: null, endProgress: () => undefined };
  const input = findInput(name, flags, inputs.session);
  const { archive, options, endProgress } = await inputs.open(input, flags, { reuses: true });
  const description = chooseImage(archive, input, flags);
  return { archive, description, read: await readImage(archive, description, options), endProgress };
}

/** Returns the base that the user names, else the one that the image names; null without one. */
async function baseBoundary(
  description: ImageDescription,
  name: string | undefined,
  inputs: Inputs,
): Promise<BaseBoundary | null> {
  if (name !== undefined) {
    const { tags, manifestDigest, config, layers } = await lowestLayers(description, name, inputs);
    const inRegistry = registryName(name);
    return boundaryOf(description, {
      name: (inRegistry ?? tags[0] ?? name).replace(/@.*$/, ''),
      // Only a registry has the image under its digest.
      digest: inRegistry === null ? null : manifestDigest,
      config,
      layers: layers.length,
    });
  }
  const manifest = description.documents.find(
    ({ kind, name: document }) => kind === 'digest' && document === description.manifestName,
  );
  return recognisedBase(description, findBase(description, manifest?.bytes ?? null, []));
}

function exportCommandOf(name: string, { image, platform }: DockerfileFlags): (layer: number) => string {
  const choice = [
    ...(image === undefined ? [] : ['--image', shellWord(image)]),
    ...(platform === undefined ? [] : ['--platform', shellWord(platform)]),
  ];
  const source = name === '-' ? 'IMAGE' : shellWord(name);
  return (layer) => ['layers export --layer', layer, ...choice, source].join(' ');
}
