/**
 * People edit and Google notifies, as fast as the system takes it, until there were so many notifications; then each barber
 * has a last word.
 */
import pMap from 'p-map';
import type { Barber } from './barbers.ts';
import type { GoogleRecord } from './google-record.ts';
import type { Notifier } from './notify.ts';
import type { People } from './people.ts';

export type Load = {
  barbers: Barber[];
  people: People;
  notifier: Notifier;
  record: GoogleRecord;
  /** In all. */
  notifications: number;
  random(): number;
};

/** Notifications by now. */
export const sentBy = ({ notifier, record }: Pick<Load, 'notifier' | 'record'>): number =>
  notifier.posted() + record.deliveries.length;

/** Calls under way at once. */
export const connections = 32;
/** Of the notifications so many are followed by an edit, each of which makes at least one more. */
const editsPerNotification = 0.1;
/** So many of those posted are about one barber, as if software had gone wild in her calendar; after a spell it is the next. */
const shareWild = 0.3;
const wildSpell = 50;
/** Google posts some of them twice. */
const repeated = 0.05;
/** Above all that the stand-in counts up to. */
const firstNumber = 1_000_000;

export const bearDown = async (load: Load): Promise<void> => {
  const { barbers, people, notifier, notifications, random } = load;
  const anyone = () => barbers[Math.floor(random() * barbers.length)] as Barber;
  const busy = new Set<Barber>();
  let edits = 0;
  let wild = 0;
  const wildOne = () => barbers[Math.floor(wild++ / wildSpell) % barbers.length] as Barber;
  const sent = () => sentBy(load);

  const edit = async (barber: Barber): Promise<void> => {
    edits += 1;
    busy.add(barber);
    await people.edit(barber).finally(() => busy.delete(barber));
  };
  const post = async (): Promise<void> => {
    const barber = random() < shareWild ? wildOne() : anyone();
    const number = firstNumber + notifier.posted();
    await notifier.post(barber, number);
    if (random() < repeated) await notifier.post(barber, number);
  };

  let isOver = false;
  const work = async (): Promise<void> => {
    while (!isOver && sent() < notifications) {
      const editor = anyone();
      const isEditDue = edits < sent() * editsPerNotification && !busy.has(editor);
      await (isEditDue ? edit(editor) : post());
    }
  };
  const workers = Array.from({ length: connections }, work);
  await Promise.all(workers).finally(() => {
    isOver = true; // One that fails ends the run.
  });

  // No later notification makes good for one of these, if it is lost.
  await pMap(barbers, people.edit, { concurrency: connections });
};
