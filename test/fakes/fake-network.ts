/** Sockets, native packets and names without a network: what was sent is recorded, what a probe sees is scripted. */
import type { PortState, NativeHealth } from '../../shared/contract/views';
import type {
  Clock,
  EchoServices,
  KnockSockets,
  NativePacket,
  NativeSender,
  Resolver,
  Routes,
  TimeServers,
  UdpOptions,
} from '../../electron/main/ports';
import type { ClockReading } from '../../shared/advice/clock';
import type { LocalEnd } from '../../shared/advice/network';
import { ProblemError } from '../../shared/contract/result';

export interface SentPacket {
  readonly via: 'syn' | 'udp' | 'native';
  readonly address: string;
  /** `7000` or the native packet. */
  readonly what: number | NativePacket;
  readonly bytes: readonly number[] | null;
  /** Of a UDP datagram that has any. */
  readonly options?: UdpOptions;
  /** The clock's `monotonic`. */
  readonly at: number;
}

/** What a probe meets: an answer after so many milliseconds, or silence. */
export type Reply = { readonly state: Exclude<PortState, 'filtered'>; readonly afterMs: number } | 'silence';

export interface Probe {
  /** Counts from 0. */
  readonly index: number;
  readonly address: string;
  readonly port: number;
  readonly at: number;
}

export class FakeNetwork implements KnockSockets {
  readonly sent: SentPacket[] = [];
  readonly probes: (Probe & { endedAt: number | null; saw: PortState | 'fault' | null })[] = [];
  readonly resolved: { readonly host: string; readonly family: string }[] = [];
  /** Decides what each probe meets. */
  reply: (probe: Probe) => Reply | Error = () => 'silence';
  /** Called before a packet counts as sent; an error is what the kernel says. */
  refuse: (packet: SentPacket) => Error | null = () => null;
  addresses: readonly string[] | Error = ['203.0.113.7'];
  nativeHealth: NativeHealth = { icmp: true, rawTcp: true, hint: null };
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ports of steps on which a service answers. */
  readonly live = new Set<number>();
  /** Addresses that this computer has no way to. */
  readonly noWay = new Set<string>();
  localEnd: LocalEnd = { address: '192.168.1.5', name: 'eth0', onLink: false };
  /** What a time server answers. */
  time: Omit<ClockReading, 'against'> | Error = { offsetMs: 0, uncertaintyMs: 10 };

  /** What an echo service answers. */
  seenAs: string | Error = '198.51.100.9';
  readonly asked: { readonly url: string; readonly family: string }[] = [];

  readonly echo: EchoServices = {
    ask: async (url, family) => {
      this.asked.push({ url, family });
      if (this.seenAs instanceof Error) throw this.seenAs;
      return { host: 'ip.example.org', address: this.seenAs };
    },
  };

  readonly routes: Routes = {
    to: async (address) => {
      if (!this.noWay.has(address)) return this.localEnd;
      throw new ProblemError({ code: 'no-route', message: `This computer has no way to ${address}.` });
    },
  };

  readonly times: TimeServers = {
    ask: async () => {
      if (this.time instanceof Error) throw this.time;
      return this.time;
    },
  };

  async tcpSyn(address: string, port: number, accepted: () => void): Promise<void> {
    await this.#record({ via: 'syn', address, what: port, bytes: null, at: this.#clock.monotonic() });
    if (this.live.has(port)) accepted();
  }

  udp(address: string, port: number, payload: Uint8Array, options: UdpOptions = {}): Promise<void> {
    const at = this.#clock.monotonic();
    const more = Object.keys(options).length > 0 ? { options } : {};
    return this.#record({ via: 'udp', address, what: port, bytes: [...payload], at, ...more });
  }

  readonly native: NativeSender = {
    send: (address, packet) =>
      this.#record({ via: 'native', address, what: packet, bytes: null, at: this.#clock.monotonic() }),
    health: async () => this.nativeHealth,
  };

  readonly resolver: Resolver = {
    resolve: async (host, family) => {
      this.resolved.push({ host, family });
      if (this.addresses instanceof Error) throw this.addresses;
      return this.addresses;
    },
  };

  async probe(address: string, port: number, signal: AbortSignal): Promise<PortState> {
    const index = this.probes.length;
    const probe = { index, address, port, at: this.#clock.monotonic() };
    const record: FakeNetwork['probes'][number] = { ...probe, endedAt: null, saw: null };
    this.probes.push(record);
    const ended = (saw: PortState | 'fault'): void => {
      record.endedAt = this.#clock.monotonic();
      record.saw = saw;
    };
    const reply = this.reply(probe);
    if (reply instanceof Error) {
      ended('fault');
      throw reply;
    }
    return this.#answer(reply, signal, ended);
  }

  /** Probes whose socket is still there. */
  get openProbes(): number {
    return this.probes.filter(({ endedAt }) => endedAt === null).length;
  }

  /** The ports and packets in the order sent. */
  get order(): readonly (number | NativePacket)[] {
    return this.sent.map(({ what }) => what);
  }

  /** One listener on the signal, as a real socket has: its probe is gone at the abort itself, not a turn later. */
  #answer(reply: Reply, signal: AbortSignal, ended: (saw: PortState) => void): Promise<PortState> {
    return new Promise((resolve) => {
      const over = new AbortController();
      const end = (state: PortState): void => {
        signal.removeEventListener('abort', silence);
        over.abort();
        ended(state);
        resolve(state);
      };
      const silence = (): void => end('filtered');
      if (signal.aborted) return silence();
      signal.addEventListener('abort', silence, { once: true });
      if (reply === 'silence') return;
      if (reply.afterMs === 0) return end(reply.state);
      this.#clock.sleep(reply.afterMs, over.signal).then(
        () => end(reply.state),
        () => undefined,
      );
    });
  }

  async #record(packet: SentPacket): Promise<void> {
    const error = this.refuse(packet);
    if (error !== null) throw error;
    this.sent.push(packet);
  }
}

/** A port that is silent until `openAt` says that it is open. */
export function opensWhen(isOpen: () => boolean, afterMs = 1): (probe: Probe) => Reply {
  return () => (isOpen() ? { state: 'open', afterMs } : 'silence');
}
