/** What the product is made of besides its own code: pinned, named by its content, and listed. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const readJson = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));

type Locked = {
  version: string;
  integrity?: string;
  resolved?: string;
  inBundle?: boolean;
  hasInstallScript?: boolean;
};

const locked = Object.entries<Locked>(readJson('package-lock.json').packages).filter(([place]) => place !== '');
const named = (packages: typeof locked) => packages.map(([place]) => place);

describe('[R15] the lock file', () => {
  test('names every package by its content; what comes inside another one is covered by that one', () => {
    const unnamed = locked.filter(([, { integrity, inBundle }]) => !inBundle && !integrity?.startsWith('sha512-'));
    expect(named(unnamed)).toEqual([]);
  });

  test('takes nothing from outside the registry', () => {
    expect(named(locked.filter(([, { resolved }]) => resolved !== undefined))).toEqual([]);
  });

  test('lets only those packages run a script at installation that the project allows', () => {
    const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript);
    const allowed = Object.keys(readJson('package.json').allowScripts).map((name) => `node_modules/${name}`);
    expect(named(scripted).toSorted()).toEqual(allowed.toSorted());
  });
});

test('[R15] every dependency is of one version, not of a range', () => {
  const { dependencies, devDependencies, optionalDependencies } = readJson('package.json');
  const ranges = Object.entries<string>({ ...dependencies, ...devDependencies, ...optionalDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
  );
  expect(ranges).toEqual([]);
});

/** With `--omit=dev` npm 11 leaves out what a development tool needs as well, so the list is of everything. */
test('[R15] `npm run sbom` lists every package that is deployed', () => {
  const output = execFileSync('npm', ['run', '--silent', 'sbom'], { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const { bomFormat, components } = JSON.parse(output) as { bomFormat: string; components: { purl: string }[] };
  const listed = components.map(({ purl }) => decodeURIComponent(purl));
  expect(bomFormat).toBe('CycloneDX');
  for (const [name, version] of Object.entries(readJson('package.json').dependencies)) {
    expect(listed).toContain(`pkg:npm/${name}@${version}`);
  }
});
