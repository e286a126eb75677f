/** What the CDK command line runs (see cdk.json): `cdk synth|diff|deploy -c stage=local|dev|prod`. */
import { App } from 'aws-cdk-lib';
import { CalendarSyncStack } from './calendar-sync-stack.ts';
import { stageConfig } from './config.ts';

const app = new App();
new CalendarSyncStack(app, stageConfig(app.node.tryGetContext('stage'), process.env));
