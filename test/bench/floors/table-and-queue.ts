/** What the stream's reader cannot do without: the table, and a queue to send to. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { BatchWriteCommand, DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';

const clients = [DynamoDBDocumentClient.from(new DynamoDBClient({})), new SQSClient({})];
export const handler = [...clients, SendMessageCommand, BatchWriteCommand, QueryCommand, UpdateCommand];
