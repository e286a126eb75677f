/** [R1] What Google must be told of a booking's details: below its notes just our own lines, and no name in a title that is not shared. */
import type { Appointment } from '../../shared/domain/appointment.ts';
import type { EventBody } from '../google/state.ts';
import type { Ledger } from './ledger.ts';
import { isEqual, linesOf, namedIn, namesTooMuch, ownLinesOf } from './own-lines.ts';
import type { Fail } from './rest.ts';
import type { Sharing } from './sharing.ts';
import { count, type Sim } from './tasks.ts';

type Scene = { sim: Sim; ledger: Ledger; sharing: Sharing };

/** Of a booking and its event, once both are at rest. */
export const descriptionsOf = ({ sim, ledger, sharing }: Scene, fail: Fail) => {
  const excused = (why: string, isSo: boolean): boolean => {
    if (isSo) count(sim, `excused: ${why}`);
    return isSo;
  };

  /** Google's side won before it had been told of the title that the details have got since; it is on record, and a person's from then on. */
  const isOfEarlierDetails = (entity: string, { fields, details = {} }: Appointment): boolean => {
    const titles = ledger.titlesOf(entity, 'ours');
    const since = titles.slice(titles.lastIndexOf(fields.title) + 1);
    const isOfNow = (word: string): boolean => word === details.service || word === details.clientName;
    return since.length < titles.length && since.some((title) => namedIn(title).some(isOfNow));
  };

  const wrongTitle = (entity: string, appointment: Appointment): string[] => {
    const { userId, fields, details } = appointment;
    if (!namesTooMuch(appointment, sharing.sharedBy(userId))) return [];
    if (excused('a title in Google that a person has decided for', sharing.isDecidedFor(appointment))) return [];
    if (excused('a title of earlier details that has won', isOfEarlierDetails(entity, appointment))) return [];
    return [`${entity} is called ${fields.title}, with ${JSON.stringify(details)}`];
  };

  const wrongLines = (entity: string, appointment: Appointment, { id, description }: EventBody): string[] => {
    const { userId, fields, details = {} } = appointment;
    const own = ownLinesOf(details, sharing.sharedBy(userId));
    const [lines, notes] = [linesOf(description), linesOf(fields.notes)];
    const wanted = [...notes, ...own];
    if (isEqual(lines, wanted)) return [];
    const isAsLeft = isEqual(lines, notes) && ledger.lines.areChanged(id, own);
    if (excused('our own lines that a person in Google has changed', isAsLeft)) return [];
    return [`${entity} is described as ${JSON.stringify(lines)}, not ${JSON.stringify(wanted)}`];
  };

  return (entity: string, appointment: Appointment, event: EventBody): void => {
    const wrong = [...wrongTitle(entity, appointment), ...wrongLines(entity, appointment, event)];
    for (const one of wrong) fail('R1', one);
  };
};
