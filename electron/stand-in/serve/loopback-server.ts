import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { plain, redirect } from './answers';
import { Gatekeeper } from './gatekeeper';

/** Answers a request that was let in. `target` has the path inside of the folder. */
export type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
  target: URL,
) => void | Promise<void>;

/** One origin on 127.0.0.1, with a gatekeeper of its own. */
export class LoopbackServer {
  readonly gatekeeper: Gatekeeper;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    this.gatekeeper = new Gatekeeper(port, () => randomBytes(16).toString('hex'));
  }

  static async start(): Promise<LoopbackServer> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new LoopbackServer(server);
  }

  answerWith(answer: Answer): void {
    this.#server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#admit(request, response, answer).catch((error: unknown) => {
        process.stderr.write(`stand-in: ${request.method ?? ''} ${request.url ?? ''}: ${String(error)}\n`);
        if (response.headersSent) response.destroy();
        else plain(response, 500, 'The app could not answer. The terminal says why.');
      });
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #admit(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    const admission = this.gatekeeper.admit({ method, url, headers });
    switch (admission.kind) {
      case 'refused':
        return plain(response, admission.status, `Refused: ${admission.reason}.`);
      case 'welcome':
        response.setHeader('set-cookie', admission.cookie);
        return redirect(response, this.gatekeeper.address);
      case 'admitted':
        return answer(request, response, new URL(this.gatekeeper.origin + admission.inside));
    }
  }
}
