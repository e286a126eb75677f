/** All functions of the template, each with the environment that it declares and its own view of the services. */

import type { Endpoints } from '../aws/place.ts';
import type { Assembly } from '../template/assembly.ts';
import { type LocalResource, type LocalTemplate, naming, ofType } from '../template/template.ts';
import { createFunction, type LocalFunction } from './function.ts';
import { readFunction, serviceName } from './function-properties.ts';

export type FunctionsSetting = {
  assembly: Assembly;
  endpoints: Endpoints;
  /** The template as seen from these endpoints: a queue's URL is part of them. */
  templateFrom: (endpoints: Endpoints) => LocalTemplate;
  environment: Record<string, string>;
  interpose: (functionName: string, endpoints: Endpoints) => Endpoints;
  onLog: (functionName: string, line: string) => void;
};

export type Functions = {
  all: LocalFunction[];
  byName: (name: string) => LocalFunction;
  /** By what the template refers to a function with: its physical name or its ARN. */
  byRef: (nameOrArn: string) => LocalFunction;
};

export function createFunctions(setting: FunctionsSetting): Functions {
  const resources = ofType(setting.templateFrom(setting.endpoints).resources, 'AWS::Lambda::Function');
  requireDeclared(Object.keys(setting.environment), resources);
  const all = resources.map((resource) => naming(resource.logicalId, () => createInterposed(resource, setting)));
  return {
    all,
    byName: (name) => found(all, name, (candidate) => candidate.name === name),
    byRef: (ref) => found(all, ref, ({ arn }) => arn === ref || arn.endsWith(`:function:${ref}`)),
  };
}

/** Read again as this function sees it: its queue URLs must lead to its own endpoints. */
function createInterposed(resource: LocalResource, setting: FunctionsSetting): LocalFunction {
  const { assembly, templateFrom, interpose, environment, onLog } = setting;
  const endpoints = interpose(serviceName(resource), setting.endpoints);
  const own = templateFrom(endpoints).resources.find(({ logicalId }) => logicalId === resource.logicalId) ?? resource;
  return createFunction({ resource: own, assetFolder: assembly.assetFolder, endpoints, environment, onLog });
}

function requireDeclared(names: string[], functions: LocalResource[]): void {
  const declared = new Set(functions.flatMap((resource) => Object.keys(readFunction(resource).Environment.Variables)));
  const unknown = names.filter((name) => !declared.has(name));
  if (unknown.length > 0) throw new Error(`no function of the template declares the variable ${unknown.join(', ')}`);
}

function found(all: LocalFunction[], ref: string, is: (candidate: LocalFunction) => boolean): LocalFunction {
  const match = all.find(is);
  if (match === undefined)
    throw new Error(`${ref} is no function of the template: ${all.map(({ name }) => name).join(', ')}`);
  return match;
}
