/** [R11] What a request may cost at most, when others write all the time or a barber’s days are full beyond reason. */
import { describe, expect, test } from 'vitest';
import { findTaken, type TimeReader } from '../../../shared/bookings/taken-time.ts';
import { RetryLater } from '../../../shared/domain/errors.ts';
import type { AgendaPage } from '../../../shared/ports.ts';
import { untilWritten } from '../../../shared/store/until-written.ts';
import { anAppointment } from '../../support/samples.ts';
import { aBooking } from './sample-bookings.ts';

describe('[R11] a lost race', () => {
  test('is run again, on what is there by then', async () => {
    const outcomes = ['conflict', 'conflict', 'done'] as const;
    let runs = 0;
    expect(await untilWritten(async () => outcomes[runs++] ?? expect.fail('Too often'))).toBe('done');
  });

  test('is given up after ten; the client may try again', async () => {
    let runs = 0;
    const losing = async () => {
      runs++;
      return 'conflict' as const;
    };
    await expect(untilWritten(losing)).rejects.toThrow(RetryLater);
    expect(runs).toBe(10);
  });
});

describe('[R11] the agenda is read page by page', () => {
  const wanted = { ...anAppointment(), self: aBooking().id };
  const reading = (pages: (nth: number) => AgendaPage) => {
    let asked = 0;
    const appointments: TimeReader = {
      loadDays: async () => [],
      loadMany: async () => [],
      list: async () => pages(++asked),
    };
    return { appointments, asked: () => asked };
  };

  test('until a block is found', async () => {
    const { appointments, asked } = reading((nth) => ({
      items: [nth === 3 ? anAppointment() : aBooking()],
      after: 'x',
    }));
    expect((await findTaken(appointments, wanted)).clashing).toHaveLength(1);
    expect(asked()).toBe(3);
  });

  test('and not for ever: nothing is booked into a time that could not be read', async () => {
    const { appointments, asked } = reading(() => ({ items: [aBooking()], after: 'x' }));
    await expect(findTaken(appointments, wanted)).rejects.toThrow('More than 4000');
    expect(asked()).toBe(20);
  });
});
