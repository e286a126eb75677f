/** The template with its names resolved: the only source of what the local stack runs and how it is wired. Pure. */
import { z } from 'zod';
import { accountId, region } from '../aws/place.ts';
import type { Assembly, Resource } from './assembly.ts';
import { type Identity, identityOf, isRunLocally, nameOf, type Surroundings } from './identities.ts';
import { noValue, resolveIntrinsics, type Scope } from './intrinsics.ts';
import { isRecord, type Json, type JsonRecord } from './json.ts';

export type LocalResource = {
  logicalId: string;
  type: string;
  name: string;
  properties: JsonRecord;
  /** What others wire themselves to. */
  attributes: Identity['attributes'];
};

export type LocalTemplate = { resources: LocalResource[]; outputs: Record<string, string> };

/** Refuses a template that holds anything that matters and is not supported, naming its logical id. */
export function resolveTemplate({ stackName, template }: Assembly, surroundings: Surroundings): LocalTemplate {
  const scope = scopeOf(stackName, template, surroundings);
  const resources = Object.entries(template.Resources).flatMap(([logicalId, resource]) =>
    naming(logicalId, () => (isRun(resource, scope) ? [localResource(logicalId, resource)] : [])),
  );

  function localResource(logicalId: string, { Type: type, Properties }: Resource): LocalResource {
    const properties = resolveRecord(Properties, scope);
    const name = nameOf(type, logicalId, properties);
    return { logicalId, type, name, properties, attributes: identityOf(type, name, surroundings).attributes };
  }

  const outputs = Object.entries(template.Outputs).map(([name, { Value }]) => {
    const value = naming(name, () => String(resolveIntrinsics(Value, scope)));
    return [name, withLocalApi(value, surroundings.apiUrl)] as const;
  });
  return { resources, outputs: Object.fromEntries(outputs) };
}

function isRun({ Type, Condition }: Resource, scope: Scope): boolean {
  return (Condition === undefined || scope.condition(Condition)) && isRunLocally(Type);
}

function scopeOf(stackName: string, template: Assembly['template'], surroundings: Surroundings): Scope {
  const pseudoParameters: Record<string, Json | typeof noValue> = {
    'AWS::AccountId': accountId,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stackName,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/local`,
    'AWS::NoValue': noValue,
  };

  function parameter(name: string): Json | undefined {
    const declared = template.Parameters[name];
    if (declared !== undefined && declared.Default === undefined) throw new Error(`parameter ${name} has no default`);
    return declared?.Default;
  }

  function identity(logicalId: string) {
    const resource = template.Resources[logicalId];
    if (resource === undefined) throw new Error(`there is no resource or parameter ${logicalId}`);
    const naming = resolveRecord(namingProperties(resource), scope);
    return identityOf(resource.Type, nameOf(resource.Type, logicalId, naming), surroundings);
  }

  const scope: Scope = {
    ref: (name) => pseudoParameters[name] ?? parameter(name) ?? identity(name).ref,
    getAtt: (logicalId, attribute) => {
      const value = identity(logicalId).attributes[attribute];
      if (value === undefined) throw new Error(`${logicalId} has no attribute ${attribute} in the local stack`);
      return value;
    },
    condition: (name) => {
      const definition = template.Conditions[name];
      if (definition === undefined) throw new Error(`there is no condition ${name}`);
      return resolveIntrinsics(definition, scope) === true;
    },
  };
  return scope;
}

/** Only what the name is made of: other properties may refer back to this very resource. */
function namingProperties({ Properties }: Resource): JsonRecord {
  const entries = Object.entries(isRecord(Properties) ? Properties : {});
  return Object.fromEntries(entries.filter(([key]) => key.endsWith('Name') || key === 'FifoQueue'));
}

function resolveRecord(value: Json | undefined, scope: Scope): JsonRecord {
  const resolved = resolveIntrinsics(value ?? {}, scope);
  return isRecord(resolved) ? resolved : {};
}

/** CDK writes the address of the default stage out in full instead of asking for the API's endpoint. */
function withLocalApi(value: string, apiUrl: string): string {
  return value.replace(/^https:\/\/[^./]+\.execute-api\.[^/]+/, apiUrl);
}

/** Every complaint about the template starts with the logical id that it is about. */
export function naming<T>(logicalId: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw complaint(logicalId, error);
  }
}

export function complaint(logicalId: string, cause: unknown): Error {
  const what = cause instanceof z.ZodError ? z.prettifyError(cause) : cause instanceof Error ? cause.message : cause;
  return new Error(`${logicalId}: ${what}`, { cause });
}

export function ofType(resources: LocalResource[], ...types: string[]): LocalResource[] {
  return resources.filter(({ type }) => types.includes(type));
}
