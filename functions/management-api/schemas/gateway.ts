/** What the gateway answers by itself, before a request has come to a route or after a route has failed it. */
import * as z from 'zod';

export const gatewayMessage = z
  .strictObject({ message: z.string() })
  .describe('Of the gateway itself: it knows no more than the status says')
  .meta({ examples: [{ message: 'Unauthorized' }] });
