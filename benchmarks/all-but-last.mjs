// Writes the manifest and the config of the image of a docker-archive without its last layer, and no layers, for a daemon
// that already has the layers:
//
//     node all-but-last.mjs ARCHIVE FOLDER REF
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [archive, folder, ref] = process.argv.slice(2);
if (ref === undefined) {
  process.stderr.write('usage: node all-but-last.mjs ARCHIVE FOLDER REF\n');
  process.exit(2);
}

function member(name) {
  const { status, stdout } = spawnSync('tar', ['-xOf', archive, name], { maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`tar cannot read ${name} in ${archive}`);
  return JSON.parse(stdout.toString());
}

const [{ Config, Layers }] = member('manifest.json');
const config = member(Config);
const count = Layers.length - 1;
let kept = 0;
// Steps without a layer stay if they come before the step of the removed layer.
const end = config.history.findIndex((step) => !step.empty_layer && ++kept > count);
config.history = config.history.slice(0, end);
config.rootfs.diff_ids = config.rootfs.diff_ids.slice(0, count);
const text = JSON.stringify(config);
const name = `${createHash('sha256').update(text).digest('hex')}.json`;
writeFileSync(join(folder, name), text);
const manifest = [{ Config: name, RepoTags: [ref], Layers: Layers.slice(0, count) }];
writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
