/** What the gateway answers by itself, before a request has come to a route or after a route has failed it. */
import * as z from 'zod/mini';

export const gatewayMessage = z.strictObject({ message: z.string() }).check(
  z.meta({
    description: 'Of the gateway itself: it knows no more than the status says',
    examples: [{ message: 'Unauthorized' }],
  }),
);
