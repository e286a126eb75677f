/** Picks the route of a request as an HTTP API does: the most specific path, the method before ANY, `$default` last. Pure. */
export type RouteMatch<R> = { route: R; pathParameters: Record<string, string> };

export function matchRoute<R extends { routeKey: string }>(
  routes: R[],
  method: string,
  path: string,
): RouteMatch<R> | undefined {
  const candidates = routes.flatMap((route) => {
    const pathParameters = matchKey(route.routeKey, method, path);
    return pathParameters === undefined ? [] : [{ route, pathParameters }];
  });
  return candidates.sort((a, b) => specificity(b.route.routeKey).localeCompare(specificity(a.route.routeKey)))[0];
}

function matchKey(routeKey: string, method: string, path: string): Record<string, string> | undefined {
  if (routeKey === '$default') return {};
  const [routeMethod, template = ''] = routeKey.split(' ');
  if (routeMethod !== method && routeMethod !== 'ANY') return undefined;
  return matchPath(template.split('/'), path.split('/'));
}

function matchPath(template: string[], path: string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const name = /^\{([^}+]+)(\+?)\}$/.exec(part);
    if (name?.[2] === '+')
      return index < path.length ? { ...parameters, [`${name[1]}`]: decode(path.slice(index).join('/')) } : undefined;
    const given = path[index];
    if (given === undefined || (name === null && part !== given) || (name !== null && given === '')) return undefined;
    if (name !== null) parameters[`${name[1]}`] = decode(given);
  }
  return template.length === path.length ? parameters : undefined;
}

/** Ranks each part: literal 3, `{name}` 2, `{name+}` 1; then a named method over ANY. `$default` ranks below all. */
function specificity(routeKey: string): string {
  if (routeKey === '$default') return '';
  const [method, template = ''] = routeKey.split(' ');
  const parts = template.split('/').map((part) => (part.endsWith('+}') ? '1' : part.startsWith('{') ? '2' : '3'));
  return parts.join('') + (method === 'ANY' ? '0' : '1');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
