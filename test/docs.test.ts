/** What the documents and the code's comments name is there: files, links, commands, routes, decisions, rules. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { routeTable } from '../functions/management-api/route-table.ts';
import { webhookPath } from '../shared/notifications/webhook-path.ts';

type Document = { path: string; text: string };
/** What a document says that is not so, one line each; `bad` must be noticed. */
type Check = { name: string; lies(document: Document): string[]; bad: string };

const root = join(import.meta.dirname, '..');
const documents: Document[] = globSync('{*.md,docs/**/*.md,shared/**/*.md}', { cwd: root })
  .sort()
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

/** The code, but for this file, which shows what must be noticed. */
const sources: Document[] = globSync('{functions,infra,shared,test}/**/*.ts', { cwd: root })
  .sort()
  .filter((path) => path !== 'test/docs.test.ts')
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

const comment = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm;
const comments: Document[] = sources.map(({ path, text }) => ({ path, text: (text.match(comment) ?? []).join('\n') }));

const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found = '']) => found);
const unique = (found: string[]): string[] => [...new Set(found)];

const scripts = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts);

/** A route's pattern: what is in braces stands for one segment. */
const routes = [...Object.values(routeTable).map(({ path }) => path), webhookPath];
const isRoute = (path: string): boolean =>
  routes.some((route) => route === path || sameShape(route.split('/'), path.split('/')));
const sameShape = (route: string[], path: string[]): boolean =>
  route.length === path.length && route.every((part, index) => part === path[index] || part.startsWith('{'));

/** `#heading` as GitHub makes it of a heading's words. */
const anchorsOf = (text: string): string[] =>
  matches(text, /^#+ (.+)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );

const isLinked = (from: Document, link: string): boolean => {
  const [file = '', anchor] = link.split('#');
  const path = file === '' ? from.path : join(dirname(from.path), file);
  if (!existsSync(join(root, path))) return false;
  return anchor === undefined || anchorsOf(readFileSync(join(root, path), 'utf8')).includes(anchor);
};

const decisions = globSync('docs/decisions/*.md', { cwd: root }).map((path) => Number(basename(path).slice(0, 4)));

/** By its path in the project, or from where it is named. */
const isDocument = (from: Document, name: string): boolean =>
  ['', dirname(from.path)].some((folder) => existsSync(join(root, folder, name)));

const checks: Check[] = [
  {
    name: 'links lead somewhere',
    lies: (document) =>
      matches(document.text, /\]\((?!https?:)([^)\s]+)\)/g).filter((link) => !isLinked(document, link)),
    bad: 'See [there](docs/nowhere.md).',
  },
  {
    name: 'files that are named exist',
    lies: ({ text }) =>
      matches(text, /`((?:docs|functions|infra|shared|test)\/[\w./-]+\.(?:ts|md|json))`/g).filter(
        (path) => !existsSync(join(root, path)),
      ),
    bad: 'It is in `shared/sync/nowhere.ts`.',
  },
  {
    name: 'commands that are named exist',
    lies: ({ text }) =>
      matches(text, /`?npm run (?:--silent )?([\w:-]+)/g).filter((script) => !scripts.includes(script)),
    bad: 'Run `npm run nothing`.',
  },
  {
    name: 'routes that are named exist',
    lies: ({ text }) =>
      matches(text.replace(/https:\/\/developers\S+/g, ''), /(\/api\/[\w/{}.-]*[\w}])/g).filter(
        (path) => !isRoute(path),
      ),
    bad: 'Call GET /api/v2/nothing.',
  },
  {
    name: 'documents that are named exist',
    lies: (document) =>
      matches(document.text.replace(/https?:\S+|\]\([^)]*\)/g, ''), /([\w./-]+\.md)\b/g).filter(
        (name) => !isDocument(document, name),
      ),
    bad: 'See `design.md`.',
  },
  {
    name: 'sections are cited of what anybody can find',
    lies: ({ text }) => matches(text, /(.{0,20}§.{0,8})/g).filter((cited) => !/RFC \d+ §/.test(cited)),
    bad: 'As the facts §3 say.',
  },
  {
    name: 'decisions that are named exist',
    lies: ({ text }) =>
      matches(text, /\b[Dd]ecisions?[ /](\d+)\b/g).filter((number) => !decisions.includes(Number(number))),
    bad: 'It was decided so (decision 4711).',
  },
];

describe.each(checks)('$name', ({ lies, bad }) => {
  test.each(documents)('in $path', (document) => {
    expect(unique(lies(document))).toEqual([]);
  });

  test('in the comments of the code', () => {
    expect(comments.flatMap((document) => lies(document).map((lie) => `${document.path}: ${lie}`))).toEqual([]);
  });

  test(`would notice: ${bad}`, () => {
    expect(lies({ path: 'README.md', text: bad })).toHaveLength(1);
  });
});

/** A list of what is cited by number, `- **R1 …`, and what speaks of it as `[R1]`. An entry may say that it is *Untested*. */
type Catalogue = { letter: string; list: string; tests: Document[]; others: Document[] };

const isTest = ({ path }: Document): boolean => path.endsWith('.test.ts');
const titles: Document[] = sources.filter(isTest).map(({ path, text }) => ({ path, text: text.replace(comment, '') }));

const brokenCitations = ({ letter, list, tests, others }: Catalogue): string[] => {
  const entries = list.split(new RegExp(`^- \\*\\*(?=${letter}\\d)`, 'm')).slice(1);
  const listed = entries.map((entry) => /^\w+/.exec(entry)?.join() ?? '');
  const untested = listed.filter((_, index) => entries[index]?.includes('*Untested: '));
  const citedBy = (documents: Document[]): string[] =>
    unique(documents.flatMap(({ text }) => matches(text, new RegExp(`\\[(${letter}\\d+)\\]`, 'g'))));
  const shown = citedBy(tests);
  return [
    ...listed.filter((id, index) => id !== `${letter}${index + 1}`).map((id) => `${id} is out of order`),
    ...citedBy([...tests, ...others])
      .filter((id) => !listed.includes(id))
      .map((id) => `${id} is cited and not listed`),
    ...listed.filter((id) => !shown.includes(id) && !untested.includes(id)).map((id) => `${id} has no test`),
    ...untested.filter((id) => shown.includes(id)).map((id) => `${id} is called untested and has a test`),
  ];
};

test.each([
  { letter: 'R', path: 'shared/sync/RULES.md' },
  { letter: 'F', path: 'docs/failure-modes.md' },
])('$path lists whatever is cited, and each of its entries has a test that cites it', ({ letter, path }) => {
  const list = readFileSync(join(root, path), 'utf8');
  expect(brokenCitations({ letter, list, tests: titles, others: [...sources, ...documents] })).toEqual([]);
});

test.each([
  ['an entry without a test', '- **R1 One.** …\n- **R2 Two.** …', "test('[R1] …')", ''],
  ['a test of what is not listed', '- **R1 One.** …', "test('[R1][R2] …')", ''],
  ['a comment about what is not listed', '- **R1 One.** …', "test('[R1] …')", '/** As it must [R2]. */'],
  ['a number that is left out', '- **R1 One.** …\n- **R3 Three.** …', "test('[R1][R3] …')", ''],
  ['a test of what is called untested', '- **R1 One.** … *Untested: why.*', "test('[R1] …')", ''],
])('would notice %s', (_, list, title, text) => {
  const tests = [{ path: 'test/unit/a.test.ts', text: title }];
  const others = [{ path: 'shared/a.ts', text }];
  expect(brokenCitations({ letter: 'R', list, tests, others })).toHaveLength(1);
});
