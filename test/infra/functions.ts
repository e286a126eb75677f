/** Where each function stands in the stack, and what the template gives it. */
import type { FunctionName } from '../../infra/build.ts';
import { idAt, pathOf, propertiesAt, propertiesOf } from './synthesised.ts';

const constructs: Record<FunctionName, string> = {
  'webhook-receiver': 'Webhook/Receiver',
  'sync-consumer': 'Sync/Consumer',
  'change-stream': 'ChangeStream/Reader',
  'renewal-worker': 'Renewal/Worker',
  'management-api': 'ManagementApi/Server',
};

export function functionPath(name: FunctionName): string {
  return `${constructs[name]}/Function`;
}

export function functionProperties(name: FunctionName): Record<string, unknown> {
  return propertiesAt(functionPath(name));
}

export function environmentOf(name: FunctionName): Record<string, unknown> {
  return (functionProperties(name).Environment as { Variables: Record<string, unknown> }).Variables;
}

interface Statement {
  Action: string | string[];
  Resource: unknown;
}

interface Policy {
  Roles: { Ref: string }[];
  PolicyDocument: { Statement: Statement[] };
}

/** All that a role may do: resource, named by its place, → actions. */
export function grantsOf(rolePath: string): Record<string, string[]> {
  const role = idAt(rolePath);
  const policies = propertiesOf<Policy>('AWS::IAM::Policy');
  const statements = policies
    .filter((policy) => policy.Roles.some(({ Ref }) => Ref === role))
    .flatMap((policy) => policy.PolicyDocument.Statement);
  const grants = statements.flatMap(({ Action, Resource }) =>
    [Resource].flat().map((resource) => ({ resource: render(resource), actions: [Action].flat() })),
  );
  const byResource = Object.groupBy(grants, ({ resource }) => resource);
  return Object.fromEntries(
    Object.entries(byResource).map(([resource, same = []]) => [
      resource,
      same.flatMap(({ actions }) => actions).sort(),
    ]),
  );
}

export function functionGrants(name: FunctionName): Record<string, string[]> {
  return grantsOf(`${constructs[name]}/Role`);
}

function render(value: unknown): string {
  if (typeof value === 'string') return value;
  const intrinsic = value as { Ref?: string; 'Fn::GetAtt'?: [string, string]; 'Fn::Join'?: [string, unknown[]] };
  if (intrinsic.Ref) return `<${intrinsic.Ref}>`;
  if (intrinsic['Fn::Join']) return intrinsic['Fn::Join'][1].map(render).join(intrinsic['Fn::Join'][0]);
  const [id, attribute] = intrinsic['Fn::GetAtt'] ?? [];
  if (!id || !attribute) throw new Error(`Not an ARN: ${JSON.stringify(value)}`);
  return attribute === 'Arn' ? pathOf(id) : `${pathOf(id)}.${attribute}`;
}
