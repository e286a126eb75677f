/** GET /api/v2/openapi.json */
import { openApiDocument } from '../openapi.ts';
import { parse, type Route } from '../route.ts';
import { noQuery } from '../schemas/wire-values.ts';

export const openApiRoute =
  (): Route =>
  async ({ query }) => {
    parse(noQuery, query);
    return { status: 200, body: openApiDocument() };
  };
