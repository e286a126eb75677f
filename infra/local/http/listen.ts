/** Puts an HTTP server on the loopback interface, and takes it off again with every connection that it holds. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Listening = { url: string; port: number; stop: () => Promise<void> };

/** Port 0 picks a free one. */
export async function listenLocally(server: Server, port = 0): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(error, port)));
    server.listen(port, '127.0.0.1', resolve);
  });
  const actual = (server.address() as AddressInfo).port;
  return { url: `http://127.0.0.1:${actual}`, port: actual, stop: () => close(server) };
}

function portError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code !== 'EADDRINUSE') return error;
  return new Error(`PORT: ${port} is in use on 127.0.0.1; stop what listens there or choose another port`, {
    cause: error,
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
