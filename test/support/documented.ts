/** Holds answers of the API against its OpenAPI document: what it does not list, down to a header or a field, is a fault. */
import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { openApiDocument } from '../../functions/management-api/openapi.ts';
import { type RouteName, routeTable } from '../../functions/management-api/route-table.ts';

type Document = Pick<ReturnType<typeof openApiDocument>, 'components' | 'paths'>;
export type Answered = { status: number; headers: Headers; body: unknown };

/** References in schemas start from the document. */
export const jsonSchemas = ({ components }: Document) => {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false });
  formats.default(ajv);
  ajv.addVocabulary(['components']);
  ajv.addSchema({ $id: 'openapi', components } as AnySchema, 'openapi');
  const compiled = new Map<string, ValidateFunction>();
  const validatorOf = (schema: unknown): ValidateFunction => {
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/');
    const known = compiled.get(text) ?? ajv.compile(JSON.parse(text));
    compiled.set(text, known);
    return known;
  };
  return {
    validatorOf,
    faults(schema: unknown, value: unknown): string[] {
      const validate = validatorOf(schema);
      validate(value);
      return (validate.errors ?? []).map(
        ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
      );
    },
  };
};

/** Says how an answer differs from what is documented of the route. */
export const documentedBy = (document: Document) => {
  const schemas = jsonSchemas(document);
  return (name: RouteName, { status, headers, body }: Answered): string[] => {
    const { path, method } = routeTable[name];
    const response = document.paths[path]?.[method.toLowerCase()]?.responses[status];
    if (response === undefined) return [`${status} is not documented: ${JSON.stringify(body)}`];
    const type = headers.get('content-type')?.split(';')[0] ?? 'none';
    const media = response.content?.[type];
    if (response.content !== undefined && media === undefined) return [`${status} as ${type} is not documented`];
    return [
      ...(media === undefined ? [] : schemas.faults(media.schema, body)),
      ...Object.entries(response.headers ?? {}).flatMap(([header, { schema }]) =>
        schemas.faults(schema, headers.get(header)).map((fault) => `${header}:${fault}`),
      ),
      ...(type === 'application/problem+json' && (body as { status?: number }).status !== status ? ['status'] : []),
    ];
  };
};
