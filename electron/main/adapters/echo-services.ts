/** Asks an echo service for the address that this computer is seen with: one request, no redirect, a tiny answer. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { ProblemError } from '../../../shared/contract/result';
import { ECHO_PATIENCE_MS, echoService, LONGEST_ECHO, readEcho } from '../../../shared/spa/echo';
import type { EchoServices } from '../ports';
import { errorCode } from './network-problem';

const LONGEST_HEAD = 16_384;

export const webEchoServices: EchoServices = {
  async ask(url, family, signal) {
    const service = echoService(url);
    if (service === null) throw noEcho(url, 'That is no web address.');
    const { secure, host, port, path } = service;
    const patience = AbortSignal.any([signal, AbortSignal.timeout(ECHO_PATIENCE_MS)]);
    const answer = await new Promise<string>((resolve, reject) => {
      const failed = (error: Error): void => {
        if (signal.aborted) return reject(error);
        const late = `It did not answer within ${ECHO_PATIENCE_MS / 1000} s.`;
        reject(noEcho(host, patience.aborted ? late : `The network says ${errorCode(error)}.`));
      };
      const request = (secure ? requestHttps : requestHttp)({
        host,
        port,
        path,
        family: family === 'ipv4' ? 4 : 6,
        agent: false,
        signal: patience,
        maxHeaderSize: LONGEST_HEAD,
        headers: { accept: 'text/plain', 'user-agent': 'sallyport' },
      });
      request.on('response', (response) => {
        if (response.statusCode !== 200) {
          request.destroy();
          return reject(noEcho(host, `It answered with status ${response.statusCode}.`));
        }
        let text = '';
        response.setEncoding('latin1').on('data', (part: string) => {
          text += part;
          if (text.length <= LONGEST_ECHO) return;
          request.destroy();
          reject(noEcho(host, 'It answered with more than an address.'));
        });
        response.on('end', () => resolve(text));
        // Once the head is here, a connection that breaks is the response's error and no longer the request's.
        response.on('error', failed);
        response.on('close', () => reject(noEcho(host, 'It hung up before the end of its answer.')));
      });
      // Without a listener Node drops such a connection and says nothing.
      request.on('upgrade', (_, socket) => {
        socket.destroy();
        reject(noEcho(host, 'It answered with status 101.'));
      });
      request.on('error', failed);
      request.end();
    });
    const address = readEcho(answer, family);
    if (address === null) {
      const name = family === 'ipv4' ? 'IPv4' : 'IPv6';
      throw noEcho(host, `It answered with something else than one ${name} address.`);
    }
    return { host, address };
  },
};

function noEcho(host: string, why: string): ProblemError {
  return new ProblemError({
    code: 'network',
    message: `${host} could not be asked for the address that it sees. ${why}`,
    hint: 'Nothing was sent. Choose another echo service, or let in the address that the packet comes from.',
  });
}
