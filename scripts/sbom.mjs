import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { COMPILED } from './license-texts.mjs';
import { bundledPackages } from './notices.mjs';

/**
 * Returns what is bundled in a package as a bill of materials in the format CycloneDX 1.6, in JSON: scanners see no
 * `package.json` of it.
 *
 * @param outputs the entries of `outputs` in the metafiles of esbuild
 * @param here the directory of the package
 */
export function sbom(outputs, here) {
  const folders = [...bundledPackages(outputs, here), ...workspacePackages(outputs, here)];
  const manifests = folders.map(manifestIn).filter((manifest) => manifest.private !== true);
  const components = manifests
    .map((manifest) => componentOf(manifest, 'library'))
    .sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1));
  const component = componentOf(manifestIn(here), 'application');
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component },
    components,
    dependencies: [{ ref: component['bom-ref'], dependsOn: components.map((each) => each['bom-ref']) }],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Returns the directories of the packages of this repository of which code is in a bundle. */
function workspacePackages(outputs, here) {
  const folders = new Set();
  for (const [, { inputs }] of outputs) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^(?:\.\.\/)+packages\/[^/]+(?=\/)/.exec(path)?.[0];
      if (folder !== undefined && bytesInOutput > 0) folders.add(resolve(here, folder));
    }
  }
  return [...folders];
}

function manifestIn(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

function componentOf({ name, version, license }, type) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const compiled = COMPILED[name];
  return {
    type,
    'bom-ref': purl,
    name,
    version,
    licenses: [{ license: { id: license } }],
    purl,
    ...(compiled === undefined ? {} : { components: [compiledComponent(compiled)] }),
  };
}

/** The packages do not state its version. */
function compiledComponent({ name, license }) {
  const known = license === 'public domain' ? { name: license } : { id: license };
  return { type: 'library', 'bom-ref': name, name, licenses: [{ license: known }] };
}
