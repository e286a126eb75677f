/** Records of the table's stream → records of the log, and hints. Throws on an item that this version does not understand. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Appointment } from '../../shared/domain/appointment.ts';
import { notifiedRunOf } from '../../shared/domain/notified-run.ts';
import { syncEventOf } from '../../shared/domain/sync-event.ts';
import { appointmentHint, type Envelope } from '../../shared/queue/hint.ts';
import type { LogRecords } from '../../shared/store/sync-events.ts';
import { fromItem } from '../../shared/store/table.ts';

/** What a batch results in. */
export type Projected = LogRecords & { hints: Envelope[]; conflictsOpened: number };

/** The mapping's filter passes writes of appointments and calendars, new review items, and nothing else. */
export const project = (records: DynamoDBRecord[]): Projected => {
  const { appointments = [], calendars = [], conflicts = [] } = Object.groupBy(records, kindOf);
  return {
    syncEvents: projectEach(appointments, syncEventOf),
    notifiedRuns: projectEach(calendars, notifiedRunOf),
    hints: projectEach(appointments, hintOf),
    conflictsOpened: conflicts.length,
  };
};

/** A write that is only bookkeeping asks for nothing new. */
const hintOf = (before: Appointment | undefined, after: Appointment): Envelope | undefined =>
  after.sync.state === 'pending' && before?.version !== after.version ? appointmentHint(after, after.sync) : undefined;

const kindOf = ({ dynamodb }: DynamoDBRecord): 'appointments' | 'calendars' | 'conflicts' => {
  const sk = dynamodb?.Keys?.sk?.S ?? '';
  if (sk.startsWith('APPOINTMENT#')) return 'appointments';
  return sk.startsWith('CONFLICT#') ? 'conflicts' : 'calendars';
};

/** A deletion results in no record. */
const projectEach = <Value, Made>(
  records: DynamoDBRecord[],
  toRecord: (before: Value | undefined, after: Value) => Made | undefined,
): Made[] =>
  records.flatMap(({ dynamodb }) => {
    const after = readImage<Value>(dynamodb?.NewImage);
    return (after && toRecord(readImage<Value>(dynamodb?.OldImage), after)) ?? [];
  });

type Image = NonNullable<DynamoDBRecord['dynamodb']>['NewImage'];

const readImage = <Value>(image: Image): Value | undefined =>
  image && fromItem<Value>(unmarshall(image as Record<string, AttributeValue>));
