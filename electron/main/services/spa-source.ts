/** Whom the SPA packets of one run ask to let in, where the profile does not name an address itself. */
import type { LocalEnd } from '../../../shared/advice/network';
import { isIpv4 } from '../../../shared/profile/address';
import type { SpaSettings } from '../../../shared/profile/spa';
import { ANY_SOURCE, sourceToName } from '../../../shared/spa/source';
import type { EchoServices, Routes } from '../ports';
import { abortable } from './abortable';

export interface SpaSourcePorts {
  readonly routes: Routes;
  readonly echo: EchoServices;
}

export class SpaSource {
  readonly #ports: SpaSourcePorts;
  readonly #note: (text: string) => void;
  #seenAs: string | null = null;
  #end: Promise<LocalEnd | null> | null = null;

  /** @param note what a person should know on the way. */
  constructor(ports: SpaSourcePorts, note: (text: string) => void) {
    this.#ports = ports;
    this.#note = note;
  }

  /** @param attempt counts from 1. */
  async name({ allow }: SpaSettings, server: string, attempt: number, signal: AbortSignal): Promise<string> {
    if (allow.kind === 'fixed') return allow.address;
    if (allow.kind === 'echo') return this.#askEcho(allow.url, server, signal);
    this.#end ??= this.#ports.routes.to(server).catch(() => null);
    const source = sourceToName(await abortable(this.#end, signal), server, attempt);
    if (attempt > 1 && source !== ANY_SOURCE)
      this.#note(
        `Some servers want an address in the packet: this one names ${source}, this computer's own.`,
      );
    return source;
  }

  /** Asked once a run. */
  async #askEcho(url: string, server: string, signal: AbortSignal): Promise<string> {
    if (this.#seenAs !== null) return this.#seenAs;
    const asked = this.#ports.echo.ask(url, isIpv4(server) ? 'ipv4' : 'ipv6', signal);
    const { host, address } = await abortable(asked, signal);
    this.#note(`Asked ${host}, which sees you as ${address}.`);
    this.#seenAs = address;
    return address;
  }
}
