/** What strangers send, and the zones in which days and offsets are not what one expects. */
import fc from 'fast-check';

/** Names that a careless look-up finds on every object. */
export const inheritedNames = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];

export const anyZone = fc.constantFrom(
  'America/New_York',
  'America/St_Johns', // UTC-3:30
  'Asia/Kathmandu', // UTC+5:45
  'Australia/Lord_Howe', // summer time of half an hour
  'Pacific/Kiritimati', // UTC+14
  'Pacific/Pago_Pago', // UTC-11
  'Africa/Cairo', // summer time begins at midnight: a day without 00:00
  'UTC',
);
