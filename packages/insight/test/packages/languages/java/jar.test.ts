import { describe, expect, it } from 'vitest';
import { JAR_READER } from '../../../../src/packages/languages/java/jar.ts';
import { buildZip, type ZipPart } from '../build-zip.ts';
import { fileOf } from '../files.ts';

const manifest = (...lines: readonly string[]): ZipPart => ({
  name: 'META-INF/MANIFEST.MF',
  data: ['Manifest-Version: 1.0', ...lines, ''].join('\r\n'),
});
const pom = (groupId: string, artifactId: string, version: string): ZipPart => ({
  name: `META-INF/maven/${groupId}/${artifactId}/pom.properties`,
  data: `# built\nversion=${version}\ngroupId=${groupId}\nartifactId=${artifactId}\n`,
});

function read(path: string, ...parts: readonly ZipPart[]) {
  const bytes = buildZip(parts);
  expect(JAR_READER.wants({ path, size: bytes.length, mode: 0o644 })).toBe(true);
  expect(JAR_READER.accepts?.(bytes.subarray(0, 4096))).toBe(true);
  return JAR_READER.read(fileOf(path, bytes));
}
const namesOf = (path: string, ...parts: readonly ZipPart[]) =>
  read(path, ...parts).map(({ namespace, name, version }) => [namespace, name, version]);

describe('a jar', () => {
  it('is the package of its pom.properties', () => {
    expect(
      read('/lib/core-1.2.jar', manifest('Bundle-License: MIT'), pom('com.acme', 'core', '1.2')),
    ).toEqual([
      {
        ecosystem: 'maven',
        namespace: 'com.acme',
        name: 'core',
        version: '1.2',
        licences: ['MIT'],
        platform: null,
        innerPath: null,
        isWholeFile: true,
      },
    ]);
  });

  it('has the licences of its manifest, else those of the pom.xml beside its pom.properties', () => {
    const xml = {
      name: 'META-INF/maven/a/b/pom.xml',
      data: '<licenses><license><name>ISC</name></license></licenses>',
    };
    const other = { ...xml, name: 'META-INF/maven/a/c/pom.xml', data: xml.data.replace('ISC', 'MIT') };
    const licencesOf = (...lines: readonly string[]) =>
      read('/b-1.jar', other, xml, manifest(...lines), pom('a', 'b', '1'), pom('a', 'c', '2')).map(
        ({ licences }) => licences,
      );
    expect(licencesOf('Bundle-License: Apache-2.0')).toEqual([['Apache-2.0'], ['MIT']]);
    expect(licencesOf()).toEqual([['ISC'], ['MIT']]);
  });

  it('contains the packages of further pom.properties', () => {
    const packages = read(
      '/lib/app-1.0.jar',
      manifest(),
      pom('com.acme', 'app', '1.0'),
      pom('org.lib', 'lib', '3.1'),
    );
    expect(packages.map(({ name, innerPath, isWholeFile }) => [name, innerPath, isWholeFile])).toEqual([
      ['app', null, true],
      ['lib', 'META-INF/maven/org.lib/lib/pom.properties', false],
    ]);
  });

  it.each([
    ['the name and version', '/log4j-1.2-api-2.17.1.jar', 'log4j-1.2-api', '2.17.1', ['api', '1']],
    [
      'the name and version before one that equals a start',
      '/log4j-1.2-api-2.17.1.jar',
      'log4j-1.2-api',
      '2.17.1',
      ['log4j', '1'],
    ],
    ['the name', '/core.jar', 'core', '1.2', ['core-io', '1.2']],
    ['the name in another spelling', '/error-prone.jar', 'error_prone', '1.2', ['prone', '1.2']],
    ['a start', '/core.jar', 'core-io', '1.2', ['xcore', '1.2']],
    ['an end', '/acme-core.jar', 'core', '1.2', ['core2', '1.2']],
  ])(
    'is the package of the pom.properties with %s of its file',
    (_, path, name, version, [other = '', old = '']) => {
      const [first] = read(path, manifest(), pom('a', other, old), pom('b', name, version));
      expect(first).toMatchObject({ name, version, isWholeFile: true });
    },
  );

  it('is a package by its manifest and its name where no pom.properties is its own', () => {
    expect(
      namesOf('/app/server.jar', manifest('Implementation-Version: 5.1'), pom('org.lib', 'lib', '3')),
    ).toEqual([
      [null, 'server', '5.1'],
      ['org.lib', 'lib', '3'],
    ]);
    expect(namesOf('/app/server-5.2.jar', manifest('Implementation-Version: 5.1'))).toEqual([
      [null, 'server', '5.2'],
    ]);
    expect(namesOf('/app/server.jar', manifest())).toEqual([[null, 'server', null]]);
    expect(namesOf('/app/1.jar', manifest('Bundle-Name: Server', 'Bundle-Version: 3'))).toEqual([
      [null, 'Server', '3'],
    ]);
    expect(namesOf('/app/1.jar', manifest())).toEqual([]);
  });

  it('without a manifest is a package where its name has a version', () => {
    expect(namesOf('/app/server-5.2.jar')).toEqual([[null, 'server', '5.2']]);
    expect(namesOf('/app/server.jar')).toEqual([]);
    expect(namesOf('/app/server.jar', pom('org.lib', 'lib', '3'))).toEqual([['org.lib', 'lib', '3']]);
  });

  it('has the group that its manifest states', () => {
    const groupOf = (path: string, ...lines: readonly string[]) =>
      read(path, manifest(...lines))[0]?.namespace;
    expect(groupOf('/a-1.jar', 'Implementation-Vendor-Id: com.acme.tools')).toBe('com.acme.tools');
    expect(groupOf('/commons-1.jar', 'Implementation-Vendor-Id: org.apache')).toBeNull();
    expect(groupOf('/bcprov-1.jar', 'Implementation-Vendor-Id: org.bouncycastle')).toBe('org.bouncycastle');
    expect(groupOf('/a-1.jar', 'Implementation-Vendor-Id: Acme')).toBeNull();
    expect(groupOf('/slf4j-api-1.jar', 'Bundle-SymbolicName: org.slf4j.api;singleton:=true')).toBe(
      'org.slf4j',
    );
    expect(
      groupOf('/jackson-databind-2.jar', 'Bundle-SymbolicName: com.fasterxml.jackson.core.jackson-databind'),
    ).toBe('com.fasterxml.jackson.core');
    expect(groupOf('/guava-31.jar', 'Bundle-SymbolicName: com.google.guava')).toBeNull();
  });

  it('is a plugin of Jenkins by the short name and the group', () => {
    expect(
      namesOf(
        '/var/jenkins_home/plugins/x.jpi',
        manifest('Group-Id: org.jenkins-ci.plugins', 'Short-Name: git', 'Plugin-Version: 5.2.0'),
      ),
    ).toEqual([['org.jenkins-ci.plugins', 'git', '5.2.0']]);
  });

  it('declares nothing where it changes the classes of other packages', () => {
    expect(namesOf('/spring-4.jar', manifest('Weave-Classes: x'), pom('org.spring', 'spring', '4'))).toEqual(
      [],
    );
  });

  it('has no package from a pom.properties without a version, or with a variable', () => {
    const without = { name: 'a/pom.properties', data: 'groupId=a\nartifactId=b\n' };
    const variable = pom('a', 'b', `\${revision}`);
    expect(namesOf('/c-1.jar', manifest(), without, variable)).toEqual([[null, 'c', '1']]);
  });

  it('has each package once', () => {
    const copy = { ...pom('a', 'lib', '1'), name: 'other/pom.properties' };
    expect(namesOf('/lib-1.jar', manifest(), pom('a', 'lib', '1'), copy)).toEqual([['a', 'lib', '1']]);
  });
});

describe('archives in archives', () => {
  const core = (): Buffer => buildZip([manifest(), pom('com.acme', 'core', '1.2')]);

  it.each([true, false])('are read, stored: %o', (isStored) => {
    const war = buildZip([manifest(), { name: 'WEB-INF/lib/core-1.2.jar', data: core(), isStored }]);
    const packages = read('/app.ear', manifest('Implementation-Version: 7'), {
      name: 'web-7.war',
      data: war,
      isStored,
    });
    expect(
      packages.map(({ name, version, innerPath, isWholeFile }) => [name, version, innerPath, isWholeFile]),
    ).toEqual([
      ['app', '7', null, true],
      ['web', '7', 'web-7.war', false],
      ['core', '1.2', 'web-7.war!/WEB-INF/lib/core-1.2.jar', false],
    ]);
  });

  it('that are stored are not read as a whole', () => {
    const large = buildZip([manifest(), { name: 'big.class', data: Buffer.alloc(2 ** 20), isStored: true }]);
    const file = fileOf('/app.jar', buildZip([{ name: 'lib/core-1.2.jar', data: large, isStored: true }]));
    expect(JAR_READER.read(file)).toMatchObject([{ name: 'core', version: '1.2' }]);
    expect(file.reads).toBeLessThan(15);
  });

  it('that are damaged do not hide the others', () => {
    expect(
      namesOf(
        '/app-1.jar',
        { name: 'a-1.jar', data: 'no archive' },
        { name: 'b-1.jar', data: core(), damage: (header) => header.writeUInt32LE(9, 20) },
        { name: 'core-1.2.jar', data: core() },
      ),
    ).toEqual([
      [null, 'app', '1'],
      ['com.acme', 'core', '1.2'],
    ]);
  });

  it('are read up to a depth of five', () => {
    let archive = core();
    for (let depth = 9; depth > 0; depth--)
      archive = buildZip([{ name: `d${depth}-${depth}.jar`, data: archive }]);
    const versions = JAR_READER.read(fileOf('/d0-0.jar', archive)).map(({ version }) => version);
    expect(versions).toEqual(['0', '1', '2', '3', '4', '5']);
  });

  it('of too many bytes for the memory are left out', () => {
    const damage = (header: Buffer): void => {
      header.writeUInt32LE(200 * 2 ** 20, 24);
    };
    expect(namesOf('/app-1.jar', { name: 'core-1.2.jar', data: core(), damage })).toEqual([
      [null, 'app', '1'],
    ]);
  });
});

describe('the files that may be Java archives', () => {
  it('have its extensions, and start as zip archives or scripts do', () => {
    const wants = (path: string, size = 100) => JAR_READER.wants({ path, size, mode: 0o644 });
    for (const path of ['/a.jar', '/a.WAR', '/a.b.ear', '/a.hpi']) expect(wants(path), path).toBe(true);
    for (const path of ['/a.zip', '/jar', '/a.jar.txt', '/a.class']) expect(wants(path), path).toBe(false);
    expect(wants('/a.jar', 21)).toBe(false);
    expect(JAR_READER.accepts?.(Buffer.from('#!/bin/sh'))).toBe(true);
    expect(JAR_READER.accepts?.(Buffer.from('<html>'))).toBe(false);
    expect(JAR_READER.accepts?.(Buffer.alloc(0))).toBe(false);
  });
});
