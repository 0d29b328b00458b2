import { describe, expect, it } from 'vitest';
import { JarManifest } from '../../../../src/packages/languages/java/jar-manifest.ts';

describe('a manifest of a jar', () => {
  it.each(['\n', '\r\n', '\r'])('has fields on lines that end with %j and continue after a space', (end) => {
    const text = [
      'Manifest-Version: 1.0',
      'Implementation-Ti',
      ' tle: A lo',
      ' ng name',
      '',
      'Name: x',
      'Title: y',
    ];
    const manifest = new JarManifest(text.join(end));
    expect(manifest.field('implementation-title')).toBe('A long name');
    expect(manifest.field('Title')).toBeNull();
    expect(manifest.has('MANIFEST-version')).toBe(true);
    expect(manifest.has('title')).toBe(false);
  });

  it('may start with empty lines, and have lines that are no fields', () => {
    expect(new JarManifest('\n\nno field\nBundle-Name: a').field('Bundle-Name')).toBe('a');
    expect(new JarManifest('').field('')).toBeNull();
  });

  it('has no value that is empty or a variable', () => {
    const manifest = new JarManifest(`A: \nB: \${project.name}\nC: c`);
    expect(['A', 'B', 'C'].map((name) => manifest.field(name))).toEqual([null, null, 'c']);
  });

  it('states a version in one of several fields, also in a section', () => {
    expect(new JarManifest('Bundle-Version: 4\nSpecification-Version: 2').version()).toBe('2');
    expect(new JarManifest('Bundle-Version: 4').version()).toBe('4');
    expect(new JarManifest('A: b\n\nName: org/x\nImplementation-Version: 3\n').version()).toBe('3');
    expect(new JarManifest('A: b').version()).toBeNull();
  });

  it.each([
    ['Bundle-License: Apache-2.0', ['Apache-2.0']],
    ['Bundle-License: Apache License, Version 2.0', ['Apache License, Version 2.0']],
    ['Bundle-License: "Apache-2.0";link="https://a/b", "MIT"', ['Apache-2.0', 'MIT']],
    ['Bundle-License: https://a/x.txt, http://b/y', ['https://a/x.txt', 'http://b/y']],
    ['Bundle-License: <<EXTERNAL>>', []],
    ['Plugin-License-Name: MIT', ['MIT']],
    ['A: b', []],
  ])('states licences: %s', (text, licences) => {
    expect(new JarManifest(text).licences()).toEqual(licences);
  });
});
