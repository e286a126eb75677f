/** A table that forgets everything at once: what its callers take is then all their own. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export const startNullTable = async (): Promise<{ endpoint: string; stop: () => Promise<void> }> => {
  const server = createServer(async (request, response) => {
    const asked = (await json(request)) as { RequestItems?: Record<string, unknown> };
    const [table = ''] = Object.keys(asked.RequestItems ?? {});
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ Items: [], Count: 0, Responses: { [table]: [] }, UnprocessedKeys: {} }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
