/** The table of contents: every construct is one flow, in the order in which a change travels. */
import { type App, CfnOutput, Stack } from 'aws-cdk-lib';
import { AlarmTopic } from './alarm-topic.ts';
import { ChangeStream } from './change-stream.ts';
import type { StageConfig } from './config.ts';
import { checkConfig } from './config-check.ts';
import { Dashboard } from './dashboard.ts';
import { Data } from './data.ts';
import { HttpApi } from './http-api.ts';
import { ManagementApi } from './management-api.ts';
import { Renewal } from './renewal.ts';
import { Sync } from './sync.ts';
import { SyncQueue } from './sync-queue.ts';
import { Webhook } from './webhook.ts';

export class CalendarSyncStack extends Stack {
  constructor(app: App, config: StageConfig) {
    checkConfig(config);
    super(app, `BookedBarberCalendarSync-${config.stage}`, {
      description: 'Two-way sync between BookedBarber appointments and Google Calendar',
      terminationProtection: config.protectData,
      ...(config.env && { env: config.env }),
    });

    const alarms = new AlarmTopic(this, 'Alarms', { config });
    const data = new Data(this, 'Data', { config });
    const queue = new SyncQueue(this, 'SyncQueue', { alarms });
    const api = new HttpApi(this, 'Api', { config });

    const { receiver } = new Webhook(this, 'Webhook', { config, alarms, queue, api });
    const { consumer } = new Sync(this, 'Sync', { config, alarms, data, queue });
    const { reader, failures } = new ChangeStream(this, 'ChangeStream', { config, alarms, data, queue });
    const { worker } = new Renewal(this, 'Renewal', { config, alarms, data, queue });
    const { server } = new ManagementApi(this, 'ManagementApi', { config, alarms, data, queue, api });
    const functions = [receiver, consumer, reader, worker, server];
    new Dashboard(this, 'Dashboard', { config, alarms, queue, failures, api, functions });

    new CfnOutput(this, 'ApiUrl', { value: api.url });
    new CfnOutput(this, 'TableName', { value: data.table.tableName });
    new CfnOutput(this, 'QueueUrl', { value: queue.main.queueUrl });
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: queue.deadLetters.queueUrl });
    new CfnOutput(this, 'AlarmTopicArn', { value: alarms.topic.topicArn });
  }
}
