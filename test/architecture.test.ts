/** How the code hangs together, as rules over its text. Each rule shows a breach that it notices. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

type Source = { path: string; text: string };
/** `breaches` says what is wrong, one line each; every one of `bad` must be noticed. */
type Rule = { name: string; breaches(sources: Source[]): string[]; bad: Source[][] };

const root = resolve(import.meta.dirname, '..');
const sources: Source[] = globSync('{functions,infra,shared,test}/**/*.ts', { cwd: root })
  .sort()
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');

type Import = { from: string; to: string; typeOnly: boolean };

/** Files are named by their path in the project, packages by their name. */
const importsOf = ({ path, text }: Source): Import[] =>
  [
    ...withoutComments(text).matchAll(
      /^(?:import|export)\b([^;'"]*?)\bfrom\s*'([^']+)'|^import\s*'([^']+)'|\bimport\('([^']+)'\)/gm,
    ),
  ].map(([, clause = '', ...names]) => {
    const name = names.find((found) => found !== undefined) ?? '';
    const to = name.startsWith('.') ? join(dirname(path), name) : name;
    return { from: path, to, typeOnly: /^\s*type\s*[{*\w]/.test(clause) };
  });

const allImports = (files: Source[]): Import[] => files.flatMap(importsOf);
/** Which folders each of them imports from. */
const dependenciesOf = (files: Source[]): Map<string, Set<string>> => {
  const folders = new Map<string, Set<string>>();
  for (const { from, to } of allImports(files)) {
    const [here, there] = [dirname(from), dirname(to)];
    if (isFile(to) && here !== there) folders.set(here, (folders.get(here) ?? new Set()).add(there));
  }
  return folders;
};
const isFile = (to: string): boolean => /^(functions|infra|shared|test)\//.test(to);

/** `async` is the border: core files neither wait nor know anyone who does. */
const purePackages = new Set(['zod', 'zod/locales', 'zod/mini', 'temporal-polyfill', 'node:crypto', 'node:util']);
const isShell = (source: Source): boolean =>
  /\b(async|await|Promise)\b/.test(withoutComments(source.text)) ||
  importsOf(source).some(({ to, typeOnly }) => !typeOnly && !isFile(to) && !purePackages.has(to));

/** What the design calls pure. Making one of these wait is a decision, not an accident. */
const coreByDesign = new RegExp(
  `^shared/(${[
    '(decision|domain|notifications|schedule)/.+',
    'appointments/restored',
    'channels/(lead-time|next-due|renewal-plan|standing)',
    'conflicts/(preview|resolve|severity|sides|suggest|undo)',
    'drift/standing',
    'google/(endpoints|event-body|event-schema|outcomes|trouble)',
    'health/(fleet|parts|recommendations|score|standing|waiting)',
    'pull/listing',
    'push/push-plan',
    'queue/(backoff|hint)',
    'renewal/census',
    'runtime/config',
    'store/(item-update|keys|merge-patch|occupied-days|schema|stored-event)',
    'sync/admit',
    'vault/retirement',
  ].join('|')})[.]ts$`,
);

/** Time, ids and randomness are made in functions/ and passed in. */
const ambient: Record<string, RegExp> = {
  'the clock': /\bDate\.now\b|\bnew Date\(\)|\bTemporal\.Now\b|\bperformance\.now\b|\bprocess\.hrtime\b/,
  randomness:
    /\bMath\.random\b|\bcrypto\.(random|getRandom)|^import[^;]*\b(random[A-Z]\w*|getRandomValues)\b[^;]*'node:crypto'/m,
  'the environment': /\bprocess\.(env|argv|cwd)\b/,
  timers: /\bset(Timeout|Interval|Immediate)\b|'node:timers/,
};

/** Whose shapes stay where. Tests and the local stack may use what they like. */
const homes: { packages: RegExp; home: RegExp }[] = [
  { packages: /^(googleapis|google-auth-library)\b/, home: /^shared\/google\// },
  { packages: /^@aws-sdk\/.*dynamodb/, home: /^(shared\/store|functions)\// },
  { packages: /^aws-lambda$/, home: /^functions\// },
  { packages: /^(aws-cdk-lib|constructs|cdk-nag)\b/, home: /^infra\// },
  { packages: /^zod$/, home: /^infra\// }, // Bundles carry zod/mini: docs/decisions/0028-what-a-cold-start-loads.md
];

/** Who may know whom, by value or by type; the first pattern that fits the importer holds. */
const neighbours: { who: RegExp; may: RegExp }[] = [
  { who: /^shared\//, may: /^shared\// },
  { who: /^functions\/webhook-receiver\//, may: /^(shared|functions\/webhook-receiver)\// },
  { who: /^functions\/sync-consumer\//, may: /^(shared|functions\/sync-consumer)\// },
  { who: /^functions\/change-stream\//, may: /^(shared|functions\/change-stream)\// },
  { who: /^functions\/renewal-worker\//, may: /^(shared|functions\/renewal-worker)\// },
  { who: /^functions\/management-api\//, may: /^(shared|functions\/management-api)\// },
  { who: /^functions\//, may: /^shared\// },
  { who: /^infra\/local\/(start|demo|session)\.ts$/, may: /^(infra|functions|shared|test\/google)\// },
  { who: /^infra\//, may: /^(infra|functions|shared)\// },
  { who: /^test\/google\//, may: /^test\/google\// },
  { who: /^test\//, may: /./ },
];

const productFiles = (files: Source[]): Source[] => files.filter(({ path }) => /^(shared|functions)\//.test(path));
const longestFile = 200;

const rules: Rule[] = [
  {
    name: 'core imports only core; types may come from anywhere',
    breaches: (files) => {
      const shell = new Set(files.filter(isShell).map(({ path }) => path));
      const core = files.filter(({ path }) => path.startsWith('shared/') && !shell.has(path));
      return allImports(core)
        .filter(({ to, typeOnly }) => !typeOnly && shell.has(to))
        .map(({ from, to }) => `${from} is core and imports ${to}, which is shell`);
    },
    bad: [
      [
        { path: 'shared/sync/a.ts', text: "import {\n  load,\n} from './b.ts';" },
        { path: 'shared/sync/b.ts', text: 'export const load = async () => 1;' },
      ],
      [
        { path: 'shared/sync/a.ts', text: "export { log } from '../runtime/log.ts';" },
        { path: 'shared/runtime/log.ts', text: "import { Logger } from '@aws-lambda-powertools/logger';" },
      ],
    ],
  },
  {
    name: 'what the design calls core is core',
    breaches: (files) => files.filter((file) => coreByDesign.test(file.path) && isShell(file)).map(({ path }) => path),
    bad: [
      [{ path: 'shared/decision/decide.ts', text: 'export const decide = async () => 1;' }],
      [{ path: 'shared/domain/user.ts', text: 'export type Load = () => Promise<1>;' }],
      [{ path: 'shared/store/keys.ts', text: "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';" }],
    ],
  },
  {
    name: 'the folders of shared/ depend on each other in one direction, types included',
    breaches: (files) => {
      const folders = dependenciesOf(files.filter(({ path }) => path.startsWith('shared/')));
      const reaches = (from: string, to: string, seen = new Set([from])): boolean =>
        [...(folders.get(from) ?? [])].some((next) => {
          if (next === to) return true;
          if (seen.has(next)) return false;
          return reaches(next, to, seen.add(next));
        });
      return [...folders].flatMap(([from, all]) =>
        [...all].filter((to) => from < to && reaches(to, from)).map((to) => `${from} and ${to} lead to each other`),
      );
    },
    bad: [
      [
        { path: 'shared/pull/a.ts', text: "import type { A } from '../sync/a.ts';" },
        { path: 'shared/sync/a.ts', text: "import { apply } from '../store/a.ts';" },
        { path: 'shared/store/a.ts', text: "import type { B } from '../pull/b.ts';" },
      ],
    ],
  },
  {
    name: 'shared/ is given the time, its ids, chance and settings; it never fetches them',
    breaches: (files) =>
      files
        .filter(({ path }) => path.startsWith('shared/'))
        .flatMap(({ path, text }) =>
          Object.entries(ambient)
            .filter(([, pattern]) => pattern.test(withoutComments(text)))
            .map(([what]) => `${path} reaches for ${what}`),
        ),
    bad: [
      'const now = Date.now();',
      'const now = new Date();',
      'const draw = Math.random();',
      "import { createHash, randomUUID } from 'node:crypto';",
      'const id = crypto.randomUUID();',
      "const stage = process.env['STAGE'];",
      'setTimeout(retry, 100);',
      "import { setTimeout } from 'node:timers/promises';",
    ].map((text) => [{ path: 'shared/sync/a.ts', text }]),
  },
  {
    name: 'packages are imported where their shapes belong',
    breaches: (files) =>
      allImports(productFiles(files))
        .filter(({ from, to }) => homes.some(({ packages, home }) => packages.test(to) && !home.test(from)))
        .map(({ from, to }) => `${from} imports ${to}`),
    bad: [
      [
        {
          path: 'shared/sync/a.ts',
          text: "import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/v3.js';",
        },
      ],
      [{ path: 'functions/management-api/a.ts', text: "import { OAuth2Client } from 'google-auth-library';" }],
      [{ path: 'shared/sync/a.ts', text: "import { GetCommand } from '@aws-sdk/lib-dynamodb';" }],
      [{ path: 'shared/queue/a.ts', text: "import type { SQSRecord } from 'aws-lambda';" }],
      [{ path: 'shared/runtime/a.ts', text: "import { Construct } from 'constructs';" }],
      [{ path: 'functions/management-api/a.ts', text: "import type * as z from 'zod';" }],
    ],
  },
  {
    name: 'functions do not know each other, shared/ knows neither them nor infra/, and the stand-in knows nobody',
    breaches: (files) =>
      allImports(files)
        .filter(({ from, to }) => isFile(to) && !neighbours.find(({ who }) => who.test(from))?.may.test(to))
        .map(({ from, to }) => `${from} imports ${to}`),
    bad: [
      [{ path: 'shared/sync/a.ts', text: "import type { Route } from '../../functions/management-api/route.ts';" }],
      [{ path: 'shared/sync/a.ts', text: "import { stage } from '../../infra/config.ts';" }],
      [{ path: 'functions/sync-consumer/a.ts', text: "import { b } from '../change-stream/b.ts';" }],
      [{ path: 'functions/sync-consumer/a.ts', text: "import { b } from '../../infra/b.ts';" }],
      [{ path: 'functions/new-function/a.ts', text: "import { b } from '../sync-consumer/b.ts';" }],
      [{ path: 'infra/a.ts', text: "const b = await import('../test/support/samples.ts');" }],
      [{ path: 'infra/local/start.ts', text: "import '../../test/support/samples.ts';" }],
      [{ path: 'test/google/a.ts', text: "import type { Instant } from '../../shared/domain/instant.ts';" }],
    ],
  },
  {
    name: 'folders are named after what they hold, and none has a barrel',
    breaches: (files) =>
      files
        .map(({ path }) => path)
        .filter((path) => /(^|\/)((utils?|helpers?|services?|managers?|common|misc|lib)\/|index\.ts$)/.test(path)),
    bad: ['shared/utils/a.ts', 'functions/sync-consumer/helpers/a.ts', 'test/common/a.ts', 'shared/sync/index.ts'].map(
      (path) => [{ path, text: '' }],
    ),
  },
  {
    name: 'exports have names',
    breaches: (files) =>
      files.filter(({ text }) => /^export (default\b|\{[^}]*\bdefault\b)/m.test(text)).map(({ path }) => path),
    bad: ['export default () => 1;', 'const a = 1;\nexport { a as default };'].map((text) => [
      { path: 'infra/a.ts', text },
    ]),
  },
  {
    name: 'the only classes in shared/ and functions/ are errors, and what the SDK makes with `new`',
    breaches: (files) =>
      productFiles(files)
        .filter(({ path }) => path !== 'shared/runtime/aws-clients.ts')
        .filter(({ text }) => /\bclass\s+\w+\b(?!\s+extends\s+Error\b)/.test(withoutComments(text)))
        .map(({ path }) => path),
    bad: ['export class Store {}', 'class Store extends Base {}', 'class Lost extends ErrorLog {}'].map((text) => [
      { path: 'shared/store/a.ts', text },
    ]),
  },
  {
    name: `files are short: at most ${longestFile} lines, and the first says where the file stands`,
    breaches: (files) =>
      productFiles(files)
        .filter(
          ({ text }) =>
            text.split('\n').length > longestFile || (!text.startsWith('/** ') && !text.startsWith('/**\n')),
        )
        .map(({ path }) => path),
    bad: [`/** A long one. */${'\n'.repeat(longestFile)}`, 'export const a = 1;'].map((text) => [
      { path: 'functions/sync-consumer/a.ts', text },
    ]),
  },
];

describe.each(rules)('$name', ({ breaches, bad }) => {
  test('holds', () => {
    expect(breaches(sources)).toEqual([]);
  });

  test.each(bad.map((files) => ({ files, shown: files[0]?.text ?? '', path: files[0]?.path })))(
    'would notice $path: $shown',
    ({ files }) => {
      expect(breaches(files)).toHaveLength(1);
    },
  );
});

test('comments and types are no breach', () => {
  const innocent: Source[] = [
    {
      path: 'shared/sync/a.ts',
      text: "/** Date.now() and async are for others. */\nimport type { Load } from './b.ts';",
    },
    { path: 'shared/sync/b.ts', text: '/** Shell. */\nexport type Load = () => Promise<1>; // setTimeout' },
  ];
  expect(rules.flatMap(({ breaches }) => breaches(innocent))).toEqual([]);
});
