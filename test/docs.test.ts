/** What the documents name is there: files, links, commands, routes. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
    lies: ({ text }) => matches(text, /(\/api\/[\w/{}.-]*[\w}])/g).filter((path) => !isRoute(path)),
    bad: 'Call GET /api/v2/nothing.',
  },
];

describe.each(checks)('$name', ({ lies, bad }) => {
  test.each(documents)('in $path', (document) => {
    expect(unique(lies(document))).toEqual([]);
  });

  test(`would notice: ${bad}`, () => {
    expect(lies({ path: 'README.md', text: bad })).toHaveLength(1);
  });
});
