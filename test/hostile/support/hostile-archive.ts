import { END, fileEntry } from './tar-bytes.ts';

/** Returns a docker-archive with these bytes as layers. The DiffIDs are invented. */
export function archiveOfLayers(layers: readonly Uint8Array[], tags: readonly string[] = ['x:1']): Buffer {
  const config = {
    architecture: 'amd64',
    os: 'linux',
    rootfs: {
      type: 'layers',
      diff_ids: layers.map((_, i) => `sha256:${i.toString(16).padStart(64, '0')}`),
    },
  };
  const manifest = [{ Config: 'config', RepoTags: tags, Layers: layers.map((_, i) => `layer-${i}`) }];
  return Buffer.concat([
    fileEntry('manifest.json', Buffer.from(JSON.stringify(manifest))),
    fileEntry('config', Buffer.from(JSON.stringify(config))),
    ...layers.map((layer, i) => fileEntry(`layer-${i}`, layer)),
    END,
  ]);
}
