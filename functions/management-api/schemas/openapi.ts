/** The description of the API: what can be said of it here without describing OpenAPI itself. */
import * as z from 'zod/mini';

export const openApiReply = z
  .looseObject({
    openapi: z.literal('3.1.0'),
    info: z.looseObject({ title: z.string(), version: z.string() }),
    paths: z.record(z.string(), z.unknown()),
  })
  .check(z.describe('https://spec.openapis.org/oas/v3.1.0'));
