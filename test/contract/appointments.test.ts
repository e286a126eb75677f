/** What the store of appointments promises, whichever implementation it is. */
import { describe, expect, test } from 'vitest';
import { asId, type UserId } from '../../shared/domain/ids.ts';
import { day, hour, type Instant, plusMs } from '../../shared/domain/instant.ts';
import { anAppointment, at, userId } from '../support/samples.ts';
import { implementations } from './implementations.ts';

describe.each(implementations)('appointments %s', (_, fresh) => {
  test('are found by id, absent ones left out, whatever their number', async () => {
    const { appointments } = await fresh();
    const many = Array.from({ length: 230 }, (_, index) => anAppointment({ id: asId(`a${index}`) }));
    for (const appointment of many) expect(await appointments.save(appointment)).toBe('saved');

    const found = await appointments.loadMany(userId, [asId('absent'), ...many.map(({ id }) => id)]);
    expect(found.length).toBe(230);
    expect(found.find(({ id }) => id === 'a7')).toEqual(many[7]);
  });

  test('[R13] are written only over the revision that was read', async () => {
    const { appointments } = await fresh();
    const first = anAppointment();
    expect(await appointments.save(first)).toBe('saved');
    expect(await appointments.save(first)).toBe('conflict');
    expect(await appointments.save(anAppointment({ revision: 2, version: 2 }))).toBe('saved');
    expect(await appointments.save(anAppointment({ revision: 2, version: 2 }))).toBe('conflict');
    expect(await appointments.save(anAppointment({ revision: 9, id: asId('never-seen') }))).toBe('conflict');
  });

  test('[R15] of one user are not seen by another', async () => {
    const { appointments } = await fresh();
    await appointments.save(anAppointment());
    const stranger = asId<UserId>('barber-2');
    expect(await appointments.loadMany(stranger, [anAppointment().id])).toEqual([]);
    expect((await appointments.list({ ...march, userId: stranger })).items).toEqual([]);
    expect((await appointments.listOf(stranger, { limit: 10 })).items).toEqual([]);
  });

  test('are listed whole, page by page, whenever they are and cancelled ones too', async () => {
    const { appointments } = await fresh();
    const all = Array.from({ length: 7 }, (_, index) => anAppointment({ id: asId(`-A_a${index}`) }));
    const cancelled = anAppointment({ id: asId('0z'), status: 'cancelled', startsAt: at('2020-01-01') });
    for (const appointment of [...all, cancelled]) await appointments.save(appointment);

    const first = await appointments.listOf(userId, { limit: 5 });
    expect(first.items).toHaveLength(5);
    const { after } = first;
    const second = await appointments.listOf(userId, { limit: 5, ...(after !== undefined && { after }) });
    expect([...first.items, ...second.items]).toEqual([...all, cancelled]);
    expect(second).not.toHaveProperty('after');
  });

  const march = { userId, from: at('2026-03-01'), to: at('2026-04-01'), limit: 10, includeCancelled: false };
  const spanning = (id: string, startsAt: Instant, endsAt: Instant) =>
    anAppointment({ id: asId(id), startsAt, endsAt });

  test('are listed when they overlap the span, both ends exclusive, in order of start', async () => {
    const { appointments } = await fresh();
    const saved = [
      spanning('ends-as-it-begins', at('2026-02-28'), march.from),
      spanning('long-before', at('2026-01-01'), at('2026-03-02')),
      spanning('overlaps-start', at('2026-02-27'), at('2026-03-01T00:00:01Z')),
      spanning('inside', at('2026-03-10'), at('2026-03-11')),
      spanning('long-inside', at('2026-03-05'), at('2026-03-25')),
      spanning('begins-as-it-ends', march.to, at('2026-04-02')),
    ];
    for (const appointment of saved) await appointments.save(appointment);

    const { items, after } = await appointments.list(march);
    expect(items.map(({ id }) => id)).toEqual(['long-before', 'overlaps-start', 'long-inside', 'inside']);
    expect(after).toBeUndefined();
  });

  test('are listed page by page, each once, ties and long ones included', async () => {
    const { appointments } = await fresh();
    const days = Array.from({ length: 25 }, (_, index) => {
      const startsAt = plusMs(march.from, Math.floor(index / 3) * day); // Three begin at the same moment.
      return spanning(`d${index}`, startsAt, plusMs(startsAt, index % 5 === 0 ? 10 * day : hour));
    });
    for (const appointment of days) await appointments.save(appointment);

    const seen: string[] = [];
    let page = await appointments.list({ ...march, limit: 4 });
    for (let pages = 1; pages <= 10; pages++) {
      seen.push(...page.items.map(({ startsAt, id }) => `${startsAt}#${id}`));
      if (page.after === undefined) break;
      page = await appointments.list({ ...march, limit: 4, after: page.after });
    }
    expect(seen.length).toBe(25);
    expect(seen).toEqual([...new Set(seen)].sort());
  });

  test('that are cancelled are listed on demand only', async () => {
    const { appointments } = await fresh();
    await appointments.save(anAppointment({ status: 'cancelled' }));
    expect((await appointments.list(march)).items).toEqual([]);
    expect((await appointments.list({ ...march, includeCancelled: true })).items).toHaveLength(1);
  });
});
