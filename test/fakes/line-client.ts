/** The other end of a control connection: writes lines, reads lines, sees it close. */
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

const PATIENCE_MS = 15_000;

export class LineClient {
  readonly lines: Record<string, unknown>[] = [];
  readonly closed: Promise<void>;
  readonly socket: Socket;
  #rest = '';
  readonly #waiting = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.on('data', (text: string) => {
      const parts = (this.#rest + text).split('\n');
      this.#rest = parts.pop() ?? '';
      this.lines.push(...parts.map((line) => JSON.parse(line) as Record<string, unknown>));
      for (const look of this.#waiting) look();
    });
    this.closed = new Promise((resolve) => socket.on('close', () => resolve()));
  }

  static async to(path: string): Promise<LineClient> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new LineClient(socket);
  }

  send(value: unknown): void {
    this.socket.write(typeof value === 'string' ? value : `${JSON.stringify(value)}\n`);
  }

  request(id: number, method: string, params?: unknown): void {
    this.send({ v: 1, id, method, params });
  }

  /** Resolves when a line has arrived for which `wanted` holds; fails after 15 s. */
  line(wanted: (line: Record<string, unknown>) => boolean = () => true): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      const look = (): void => {
        const found = this.lines.find(wanted);
        if (found === undefined) return;
        end();
        resolve(found);
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`no such line arrived, only ${JSON.stringify(this.lines)}`));
      }, PATIENCE_MS);
      this.#waiting.add(look);
      look();
    });
  }

  /** The one answer to a request: its `ok` or `error` line. */
  answer(id: number | null): Promise<Record<string, unknown>> {
    return this.line((line) => line['id'] === id && ('ok' in line || 'error' in line));
  }

  end(): void {
    this.socket.destroy();
  }
}
