import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const textOf = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

interface Component {
  readonly name: string;
  readonly version?: string;
  readonly licenses: readonly { readonly license: { readonly id?: string; readonly name?: string } }[];
  readonly components?: readonly Component[];
}

const components: readonly Component[] = JSON.parse(textOf('dist/sbom.cdx.json')).components;
const isOwn = ({ name }: Component): boolean => name.startsWith('@layers/');

function titleOf({ name, version = '', licenses: [first] }: Component, parent?: Component): string {
  const words = parent === undefined ? `${name} ${version}` : `${name}, compiled in ${parent.name}`;
  return `${words} (${first?.license.id ?? first?.license.name})`;
}

test('the bill of materials lists the libraries whose licences are in the notices', () => {
  const titles = components
    .filter((each) => !isOwn(each))
    .flatMap((each) => [titleOf(each), ...(each.components ?? []).map((inner) => titleOf(inner, each))]);
  const notices = [...textOf('THIRD-PARTY-NOTICES.txt').matchAll(/^-{80}\n(.+)$/gm)].map(
    ([, title]) => title,
  );
  expect(titles.sort()).toEqual(notices.sort());
});

test('the bill of materials lists the public packages of this repository that are bundled', () => {
  const { devDependencies } = JSON.parse(textOf('package.json'));
  // Users install the package of fleets. Two packages are private.
  const others = ['@layers/fleet', '@layers/explorer', '@layers/report'];
  const names = Object.keys(devDependencies).filter(
    (name) => name.startsWith('@layers/') && !others.includes(name),
  );
  expect(components.filter(isOwn).map(({ name }) => name)).toEqual(names.sort());
});
